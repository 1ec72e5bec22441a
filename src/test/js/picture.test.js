// What the live page draws when there is more than it has room for. Run by: node --test src/test/js/

import assert from "node:assert/strict";
import test from "node:test";

const page = (name) => new URL(`../../main/resources/io/upper/live/${name}`, import.meta.url);
const { Story } = await import(page("story.js"));
const { pictureAt } = await import(page("picture.js"));

test("of more workers than there is room for, the idle ones come last", () => {
  const story = new Story();
  const lanes = Array.from({ length: 14 }, (_, i) => [i + 1, `worker-${i}`, "thread"]);
  story.takeState({ now: 0, model: "process-per-connection", open: [], lanes: lanes.slice(0, 12) });
  const e = [["o", 1, 1, "tcp", "", 1]];
  const drawn = () => pictureAt(story, 9_000).lanes.map(({ lane }) => lane.id);
  story.takeBatch({ now: 10_000, shown: 1, e });
  assert.deepEqual(drawn(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  for (const lane of [13, 14]) {
    e.push(["q", 5_000, 1, lane], ["a", 5_000, 1, lane, 1], ["b", 8_000, 1, lane, lane]);
    e.push(["s", 8_100, 1, lane, lane], ["r", 8_101, 1, lane]);
  }
  story.takeBatch({ now: 10_001, shown: 1, e });
  assert.deepEqual(drawn(), [13, 14, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test("replies that are too many to read are shown second by second", () => {
  const story = new Story();
  story.takeBatch({ now: 0, shown: 1, e: [["o", 0, 1, "tcp", "", 1]] });
  for (let id = 1; id <= 300; id++) {
    const at = id * 10;
    story.takeBatch({
      now: at,
      shown: 1,
      e: [
        ["q", at, 1, id],
        ["b", at, 1, id, 1],
        ["s", at, 1, id, 1],
        ["r", at, 1, id],
      ],
    });
  }
  const [a, b] = [2_100, 2_900].map((time) => pictureAt(story, time));
  assert.ok(a.busy);
  assert.deepEqual(a.replies, b.replies);
  assert.equal(a.replies[0].id, 200);
  assert.equal(pictureAt(story, 60).replies[0].id, 6);
});
