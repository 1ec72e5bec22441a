/**
 * Watch it happen: a page on the admin port that shows the servers at work. Off by default; then
 * none of it is loaded. docs/live.md describes it for users.
 *
 * <ul>
 *   <li>{@link io.upper.live.LivePage} puts the parts together.
 *   <li>Events: {@link io.upper.live.LiveFeed} gets them from the servers, {@link
 *       io.upper.live.ShownConnections} chooses which are shown, {@link io.upper.live.History}
 *       keeps the last minute, {@link io.upper.live.LiveBrowser} sends them.
 *   <li>Paths: {@link io.upper.live.LiveRoutes}, guarded by {@link io.upper.live.Safety}.
 *   <li>Buttons: {@link io.upper.live.Buttons}, {@link io.upper.live.Mischief}, {@link
 *       io.upper.live.DemonstrationClients}.
 * </ul>
 */
package io.upper.live;
