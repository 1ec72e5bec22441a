/**
 * The configuration: one JSON document, checked when it is read, before anything listens.
 *
 * <ul>
 *   <li>{@link io.upper.config.ConfigurationReader} gathers it from its sources.
 *   <li>{@link io.upper.config.LiveConfiguration} reads it again when its file changes.
 *   <li>{@link io.upper.config.ConfigurationStoreFactory} offers that to vertx-config.
 *   <li>{@link io.upper.config.Configuration} is the whole, checked.
 *   <li>{@link io.upper.config.ServerSettings} is what one server's verticle needs.
 *   <li>{@link io.upper.config.Section} reads one JSON object and refuses what it does not know.
 *   <li>{@link io.upper.config.ModelDeclaration} is what it knows of a model, with each {@link
 *       io.upper.config.Setting} that the model adds.
 * </ul>
 */
package io.upper.config;
