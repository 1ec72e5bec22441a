// The model of the live page: events to records, pictures and sentences. Run by: node --test src/test/js/

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const page = (name) => new URL(`../../main/resources/io/upper/live/${name}`, import.meta.url);
const { KEPT_MS, MAX_REQUESTS, Story, leftAt, letter, phaseAt } = await import(page("story.js"));
const { timelineRows } = await import(page("bars.js"));
const { neighbour, pictureAt, waiting } = await import(page("picture.js"));
const { tellEvent, tellPicture, tellRequest, tellSpan } = await import(page("sentences.js"));
const { Words } = await import(page("words.js"));

const words = (language) => new Words(language, JSON.parse(readFileSync(page(`${language}.json`))));
const en = words("en");
const plain = (text) => text.replaceAll("\u00a0", " ");

/** Three clients at once and one event loop that is blocked for 500 ms by each. */
function iterative() {
  const story = new Story();
  story.takeState({ now: 0, model: "iterative", open: [], lanes: [[1, "loop-1", "loop"]] });
  const e = [];
  for (const client of [1, 2, 3]) {
    e.push(["o", client, client, "tcp", `127.0.0.1:4000${client}`, client]);
    e.push(["q", 100 + client, client, client]);
  }
  for (const client of [1, 2, 3]) {
    const begun = 110 + (client - 1) * 500;
    e.push(["a", begun, client, client, 5], ["b", begun, client, client, 1]);
    e.push(["s", begun + 500, client, client, 1], ["r", begun + 501, client, client]);
  }
  story.takeBatch({ now: 2_000, shown: 1, e });
  return story;
}

test("iterative: those that wait are one queue, in the order of their turns", () => {
  const picture = pictureAt(iterative(), 300);
  assert.equal(picture.lanes.length, 1);
  assert.deepEqual(
    picture.lanes[0].queue.map(({ id }) => id),
    [2, 3],
  );
  assert.deepEqual(
    picture.lanes[0].served.map(({ id }) => id),
    [1],
  );
  assert.equal(waiting(picture), 2);
  assert.match(
    plain(tellPicture(en, picture, 300)),
    /^2 requests wait for event loop A, which has been serving client 1 for 190 ms\.$/,
  );
  assert.deepEqual(
    picture.clients.map(({ phase }) => phase),
    ["served", "sent", "sent"],
  );
});

test("a request waits, is served, its reply is on the way, and it leaves", () => {
  const [first, second] = iterative().requests;
  assert.equal(phaseAt(second, 50), null);
  assert.equal(phaseAt(second, 200), "sent");
  assert.equal(phaseAt(second, 700), "served");
  assert.equal(phaseAt(second, 1_110.5), "reply");
  assert.equal(phaseAt(second, 1_111), null);
  assert.equal(leftAt(first), 611);
});

test("the sentence names those before it, and its times add up", () => {
  const story = iterative();
  const [, second, third] = story.requests;
  assert.equal(
    plain(tellRequest(en, story, second)),
    "Client 2 waited 0.51 s behind client 1 on event loop A, its bytes unread in the kernel;" +
      " it was served in 0.50 s and had its reply 0.00 s later: 1.01 s in all.",
  );
  assert.match(tellRequest(en, story, third), /behind client 1 and client 2 on event loop A/);
});

test("nobody is named who did not end before it began: an event loop that is not blocked", () => {
  const story = new Story();
  story.takeState({ now: 0, model: "event-loop", open: [], lanes: [[1, "loop-1", "loop"]] });
  const e = [];
  for (const client of [1, 2]) {
    e.push(["o", 0, client, "tcp", "", client], ["q", 10, client, client]);
    e.push(["a", 10.2, client, client, 5], ["b", 10.3, client, client, 1]);
    e.push(["s", 510, client, client, 1], ["r", 510.4, client, client]);
  }
  story.takeBatch({ now: 600, shown: 1, e });
  assert.match(tellRequest(en, story, story.requests[1]), /^Client 2 did not wait for event loop A/);
  const picture = pictureAt(story, 300);
  assert.equal(waiting(picture), 0);
  assert.equal(picture.lanes[0].served.length, 2);
  assert.equal(tellPicture(en, picture, 300), "Nobody waits; 2 requests are being served.");
});

test("a worker pool has one queue for all", () => {
  const story = new Story();
  story.takeState({ now: 0, model: "worker-pool", open: [], lanes: [[7, "worker-0", "thread"]] });
  const e = [
    ["o", 1, 1, "tcp", "", 1],
    ["o", 1, 2, "tcp", "", 2],
  ];
  e.push(["q", 5, 1, 1], ["a", 5, 1, 1, 1], ["b", 6, 1, 1, 7], ["s", 90, 1, 1, 7]);
  e.push(["q", 5, 2, 2], ["a", 5, 2, 2, 1], ["b", 91, 2, 2, 7]);
  story.takeBatch({ now: 100, shown: 1, e });
  const picture = pictureAt(story, 50);
  assert.deepEqual(
    picture.shared.map(({ id }) => id),
    [2],
  );
  assert.equal(tellPicture(en, picture, 50), "1 request waits for a free worker.");
  assert.match(
    plain(tellRequest(en, story, story.requests[1])),
    /^Client 2 waited 86 ms behind client 1 on thread A; it has been served for 9 ms so far\.$/,
  );
});

test("a killed child ends its lane and its request, and the sentence says so", () => {
  const story = new Story();
  story.takeState({ now: 0, model: "process-per-connection", open: [], lanes: [] });
  story.takeBatch({
    now: 900,
    shown: 1,
    e: [
      ["o", 1, 1, "tcp", "", 1],
      ["q", 10, 1, 1],
      ["a", 11, 1, 1, 5],
      ["l", 12, 3, "child 4711", "process"],
      ["b", 12, 1, 1, 3],
      ["z", 200, 3, "ended with status 137"],
      ["x", 201, 1, "server closed"],
    ],
  });
  const [request] = story.requests;
  assert.equal(leftAt(request), 200);
  assert.match(tellRequest(en, story, request), /then child process A ended \(ended with status 137\)\.$/);
  assert.equal(pictureAt(story, 900).lanes[0].lane.why, "ended with status 137");
  assert.equal(pictureAt(story, 200 + 3_001).lanes.length, 0);
});

test("requests of clients that are not ours begin when they are read, and end when they are served", () => {
  const story = new Story();
  story.takeState({ now: 0, model: "iterative", open: [[9, "tcp", "10.0.0.1:1", 0, 0]], lanes: [] });
  story.takeBatch({
    now: 100,
    shown: 1,
    e: [
      ["l", 1, 1, "loop-1", "loop"],
      ["a", 1, 9, 1, 5],
      ["b", 1, 9, 1, 1],
      ["s", 51, 9, 1, 1],
    ],
  });
  assert.equal(leftAt(story.requests[0]), 51);
  assert.equal(
    plain(tellRequest(en, story, story.requests[0])),
    "Client 10.0.0.1:1 did not wait for event loop A; it was served in 50 ms.",
  );
});

test("only the last minute is kept, and only so many requests", () => {
  const story = new Story();
  story.takeState({ now: 0, model: "iterative", open: [[1, "tcp", "", 0, 1]], lanes: [] });
  const one = (id, at) => [
    ["q", at, 1, id],
    ["a", at, 1, id, 1],
    ["b", at, 1, id, 1],
    ["s", at, 1, id, 1],
    ["r", at, 1, id],
  ];
  for (let id = 1; id <= MAX_REQUESTS + 100; id++) {
    story.takeBatch({ now: id, shown: 1, e: one(id, id) });
  }
  assert.equal(story.requests.length, MAX_REQUESTS);
  assert.equal(story.dropped, 100);
  story.takeBatch({ now: MAX_REQUESTS + KEPT_MS * 2, shown: 1, e: [] });
  assert.equal(story.requests.length, 0);
  assert.equal(story.byId.size, 0);
});

test("a request whose end was not shown ends with the next one of its connection", () => {
  const story = new Story();
  story.takeBatch({
    now: 9,
    shown: 1,
    e: [
      ["o", 0, 1, "tcp", "", 1],
      ["q", 1, 1, 1],
      ["q", 8, 1, 2],
    ],
  });
  assert.equal(leftAt(story.requests[0]), 8);
  assert.equal(leftAt(story.requests[1]), Infinity);
});

test("a frozen story stays when time goes on", () => {
  const story = iterative();
  const frozen = story.freeze();
  story.takeBatch({ now: 500_000, shown: 1, e: [] });
  assert.equal(story.requests.length, 0);
  assert.equal(waiting(pictureAt(frozen, 300)), 2);
});

test("stepping goes from event to event, in both directions", () => {
  const story = iterative();
  const next = neighbour(story, 110, 1);
  assert.equal(next.at, 610);
  assert.equal(tellEvent(en, next), "Event loop A has served client 1.");
  assert.equal(tellEvent(en, neighbour(story, 610, -1)).includes("lient 1"), true);
  assert.equal(neighbour(story, 1_000_000, 1), null);
});

test("a span counts its replies and names who waited longest", () => {
  const story = iterative();
  assert.match(
    plain(tellSpan(en, story, 0, 2_000)),
    /^3 replies in 2\.00 s; client 3 waited longest, 1\.01 s\.$/,
  );
  assert.equal(tellSpan(en, story, 1_900, 2_000), "There was no reply in this time.");
});

test("the configuration of a time", () => {
  const story = new Story();
  story.takeState({ now: 10, model: "iterative" });
  story.takeState({ now: 20, model: "event-loop" });
  assert.equal(story.stateAt(5).model, "iterative");
  assert.equal(story.stateAt(19).model, "iterative");
  assert.equal(story.stateAt(20).model, "event-loop");
});

test("letters of lanes", () => {
  assert.deepEqual(
    [0, 25, 26, 51, 52].map((number) => letter({ number })),
    ["A", "Z", "AA", "AZ", "BA"],
  );
});

test("a demonstration client that connects again stays one client, in one row of the timeline", () => {
  const story = new Story();
  const e = [
    ["o", 0, 1, "tcp", "", 7],
    ["q", 1, 1, 1],
    ["a", 2, 1, 1, 5],
    ["b", 2, 1, 1, 1],
    ["s", 9, 1, 1, 1],
  ];
  e.push(["r", 10, 1, 1], ["x", 11, 1, "client closed"], ["o", 12, 2, "tcp", "", 7], ["q", 13, 2, 2]);
  story.takeBatch({ now: 20, shown: 1, e });
  assert.deepEqual(
    pictureAt(story, 15).clients.map(({ client }) => client.id),
    [2],
  );
  const { rows } = timelineRows(story, 0, 20, "client");
  assert.equal(rows.length, 1);
  assert.equal(rows[0].bars.length, 2);
});

test("a connection that a later state lacks has ended: its end was missed", () => {
  const story = new Story();
  story.takeState({
    now: 0,
    model: "iterative",
    open: [
      [1, "tcp", "", 0, 1],
      [2, "tcp", "", 0, 2],
    ],
  });
  story.takeBatch({ now: 5, shown: 1, e: [["q", 4, 1, 1]] });
  story.takeState({ now: 9, model: "iterative", open: [[2, "tcp", "", 0, 2]] });
  assert.equal(leftAt(story.requests[0]), 9);
  assert.deepEqual(
    pictureAt(story, 10_000).clients.map(({ client }) => client.id),
    [2],
  );
});
