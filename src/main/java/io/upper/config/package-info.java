/**
 * The configuration: one JSON document, checked when it is read, before anything listens.
 *
 * <ul>
 *   <li>{@link io.upper.config.ConfigurationReader} reads it from its sources.
 *   <li>{@link io.upper.config.LiveConfiguration} reads it again when its file changes.
 *   <li>{@link io.upper.config.ConfigurationStoreFactory} makes it a store of vertx-config.
 *   <li>{@link io.upper.config.Configuration} is the whole configuration.
 *   <li>{@link io.upper.config.ServerSettings} is what one server's verticle needs.
 *   <li>{@link io.upper.config.Section} reads one JSON object and rejects unknown keys.
 *   <li>{@link io.upper.config.ModelDeclaration} is a model as the configuration sees it, with each
 *       {@link io.upper.config.Setting} that it adds.
 * </ul>
 */
package io.upper.config;
