/**
 * The concurrency models: <em>where and when</em> the work on a request is done. It is the only
 * thing that differs between them; {@link io.upper.service.Service} has the table of threads.
 *
 * <ul>
 *   <li>{@link io.upper.model.ConcurrencyModel} is the seam: it gives each conversation (a
 *       connection, or a datagram) a {@link io.upper.model.RequestHandler}, which answers through
 *       the {@link io.upper.model.Conversation}.
 *   <li>{@link io.upper.model.Work} is the work itself, the same in every model: the simulated job,
 *       then the service; a model in another jar uses it too.
 *   <li>{@link io.upper.model.ModelFactory} describes a model: to add one takes its file, its line
 *       in {@code META-INF/services} and its row in docs/models.md.
 * </ul>
 */
package io.upper.model;
