// The recent requests as a table: for screen readers, and for those who like figures.

import { html } from "./dom.js";
import { clientName, laneName } from "./sentences.js";
import { leftAt } from "./story.js";

const ROWS = 20;

/** Fills a table's body with the requests that ended last before a time, newest first. */
export function drawTable(body, app, time) {
  const { story, words } = app;
  const done = story.requests
    .filter((request) => leftAt(request) <= time && request.lane)
    .sort((a, b) => leftAt(b) - leftAt(a))
    .slice(0, ROWS);
  body.replaceChildren(
    ...done.map((request) => {
      const served = Math.min(request.served, leftAt(request));
      const cells = [
        laneName(words, request.lane),
        words.time(time - request.start, { name: "s", ms: 1_000, decimals: 1 }),
        words.time(request.begun - request.start),
        words.time(served - request.begun),
        words.time(leftAt(request) - request.start),
      ];
      const name = html(
        "button",
        { type: "button", class: "plain", onclick: () => app.select(request) },
        clientName(words, request.client),
      );
      return html("tr", {}, html("th", { scope: "row" }, name), ...cells.map((cell) => html("td", {}, cell)));
    }),
  );
}
