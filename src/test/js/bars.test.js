// The timeline of the live page: its rows and bars, and where the arrow keys lead.

import assert from "node:assert/strict";
import test from "node:test";

const page = (name) => new URL(`../../main/resources/io/upper/live/${name}`, import.meta.url);
const { barBeside, timelineRows } = await import(page("bars.js"));
const { Story } = await import(page("story.js"));

test("arrow keys lead along a row, and to the nearest bar of the next one", () => {
  const story = three();
  const { rows } = timelineRows(story, 0, 2_000, "client");
  const [first, second] = story.requests;
  assert.equal(barBeside(rows, first, "ArrowDown"), second);
  assert.equal(barBeside(rows, second, "ArrowUp"), first);
  assert.equal(barBeside(rows, first, "ArrowUp"), null);
  assert.equal(barBeside(rows, first, "ArrowRight"), null);
  assert.equal(barBeside(rows, null, "ArrowLeft"), story.requests[2]);
});

test("of very many bars every second, fourth, … is drawn", () => {
  const story = new Story();
  story.takeBatch({ now: 0, shown: 1, e: [["o", 0, 1, "tcp", "", 1]] });
  for (let id = 1; id <= 3_000; id++) {
    story.takeBatch({
      now: id,
      shown: 1,
      e: [
        ["q", id, 1, id],
        ["b", id, 1, id, 1],
        ["s", id, 1, id, 1],
        ["r", id, 1, id],
      ],
    });
  }
  const { rows, thinned } = timelineRows(story, 0, 3_000, "lane");
  assert.equal(thinned, 4);
  assert.equal(rows[0].bars.length, 750);
});

/** Three clients, one request each. */
function three() {
  const story = new Story();
  for (const client of [1, 2, 3]) {
    const e = [
      ["o", 0, client, "tcp", "", client],
      ["q", 100, client, client],
      ["a", 500 * client, client, client, 5],
      ["b", 500 * client, client, client, 1],
      ["s", 500 * client + 499, client, client, 1],
      ["r", 500 * client + 500, client, client],
    ];
    story.takeBatch({ now: 2_000, shown: 1, e });
  }
  return story;
}
