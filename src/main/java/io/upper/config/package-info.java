/**
 * The configuration: one JSON document, checked when it is read, before anything listens.
 *
 * <ul>
 *   <li>{@link io.upper.config.ConfigurationLoader} gathers it from its sources.
 *   <li>{@link io.upper.config.Configuration} is the whole, checked.
 *   <li>{@link io.upper.config.ServerSettings} is what one server's verticle needs.
 *   <li>{@link io.upper.config.Section} reads one JSON object and refuses what it does not know.
 * </ul>
 */
package io.upper.config;
