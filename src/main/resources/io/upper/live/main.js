// The live page: puts its parts together and draws them, up to thirty times a second.
//
// A saved page (replay.html) is this page in one file: the modules, in the order of their imports, joined into
// one module without their import lines and the word "export". So each import and export is one line, nothing
// is renamed, and no two modules have a top-level name in common; a test checks this.

import { Clock } from "./clock.js";
import { Controls } from "./controls.js";
import { byId, calm, write } from "./dom.js";
import { listen, replay } from "./feed.js";
import { Flow } from "./flow.js";
import { Panel } from "./panel.js";
import { pictureAt } from "./picture.js";
import { tellPicture, tellRequest } from "./sentences.js";
import { Story } from "./story.js";
import { Strips } from "./strips.js";
import { drawTable } from "./table.js";
import { Timeline } from "./timeline.js";
import { LANGUAGES, Words, chooseLanguage } from "./words.js";

const FRAME_MS = 33;
const CALM_FRAME_MS = 250;
const IDLE = 4; // a browser that draws slowly rests this many times as long
const SECOND_MS = 1_000;

/** What the parts share. */
class App {
  constructor() {
    this.current = new Story();
    this.frozen = null; // what is looked at while time stands still
    this.clock = new Clock(() => performance.now());
    this.words = null;
    this.selected = null;
    this.time = 0;
    this.timelineNote = byId("timeline-note");
  }

  get story() {
    return this.frozen ?? this.current;
  }

  /** Selects a request, and tells its sentence. */
  select(request) {
    this.selected = request;
    this.tell(tellRequest(this.words, this.story, request), request);
  }

  /** Tells a sentence: on the page, and to screen readers, which read it when they have time. */
  tell(sentence, request = null) {
    write(byId("sentence"), sentence);
    const model = request && this.story.stateAt(request.start)?.model;
    const source = byId("source");
    source.hidden = !model || embedded !== null;
    if (model) {
      source.href = `live/source/${encodeURIComponent(model)}`;
      write(source, this.words.say("sentence.source", { model }));
    }
  }

  /** Shows the present again. */
  watch() {
    this.clock.goLive();
    this.frozen = null;
  }
}

const embedded = JSON.parse(byId("events")?.textContent ?? "null");
const token = new URLSearchParams(location.search).get("token") ?? "";
const app = new App();

async function textsOf(language) {
  const own = byId(`${language}.json`);
  return own ? JSON.parse(own.textContent) : (await fetch(`live/${language}.json`)).json();
}

async function speak(language) {
  app.words = new Words(language, await textsOf(language));
  document.documentElement.lang = language;
  label();
}

// Texts and labels that the words of the page give to its elements.
function label() {
  for (const element of document.querySelectorAll("[data-t]")) {
    write(element, app.words.say(element.dataset.t));
  }
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", app.words.say(element.dataset.tLabel));
  }
}

function facts(state) {
  const { words } = app;
  const parts = [
    state.model,
    words.say("facts.job", { job: state.job }),
    words.say("facts.clients", { n: state.clients ?? 0 }),
    words.say("facts.loops", { n: state.protocols?.[0]?.instances ?? 1 }),
    // Before a server has its port, it has no address.
    ...(state.protocols ?? [])
      .filter(({ address }) => !address.endsWith(":0"))
      .map((server) => words.say("facts.protocol", server)),
  ];
  const { shown, dropped } = app.story;
  if (shown > 1) {
    parts.push(words.say("facts.shown", { n: shown }));
  }
  if (dropped > 0) {
    parts.push(words.say("facts.dropped", { n: dropped }));
  }
  return parts.join(" · ");
}

function saves() {
  for (const link of document.querySelectorAll("[data-save]")) {
    link.href = `live/${link.dataset.save}?token=${encodeURIComponent(token)}`;
  }
}

function languages(parts) {
  const select = byId("language");
  select.value = app.words.language;
  select.addEventListener("change", async () => {
    await speak(select.value);
    parts.panel?.experiments();
    write(byId("sentence"), app.words.say("sentence.hint"));
  });
}

function draw(parts) {
  const { clock, words } = app;
  app.time = clock.time();
  const picture = pictureAt(app.story, app.time);
  parts.flow.draw(picture, app.time);
  parts.timeline.draw(app.time);
  parts.controls.draw();
  return () => {
    const state = app.story.stateAt(app.time);
    write(byId("facts"), state ? facts(state) : words.say("status.waiting"));
    write(byId("now"), tellPicture(words, picture, app.time));
    parts.panel?.draw();
    parts.strips.draw(app.time);
    if (byId("table").open) {
      drawTable(byId("requests"), app, app.time);
    }
  };
}

function run(parts) {
  let drawn = -Infinity;
  let cost = 0;
  let slow = -Infinity;
  let state = null;
  const frame = (now) => {
    requestAnimationFrame(frame);
    if (now - drawn < Math.max(calm() ? CALM_FRAME_MS : FRAME_MS, cost * IDLE) - 2) {
      return;
    }
    drawn = now;
    const rest = draw(parts);
    // A sentence that changes thirty times a second cannot be read.
    const newest = app.current.states.at(-1);
    if (now - slow > SECOND_MS / 2 || app.clock.paused || newest !== state) {
      slow = now;
      state = newest;
      rest();
    }
    cost = performance.now() - now;
  };
  requestAnimationFrame(frame);
}

async function start() {
  await speak(chooseLanguage(navigator.languages ?? [navigator.language]));
  const parts = { flow: new Flow(byId("picture"), app), timeline: new Timeline(byId("timeline"), app) };
  parts.controls = new Controls(app);
  parts.strips = new Strips(byId("strips"), app);
  byId("rows").addEventListener("change", (event) => (parts.timeline.by = event.target.value));
  byId("window").addEventListener("change", (event) => (parts.timeline.seconds = Number(event.target.value)));
  byId("say").addEventListener("click", () => app.tell(byId("now").textContent));
  if (embedded) {
    document.documentElement.classList.add("replay");
    replay(embedded, app.current, app.clock);
    byId("live").addEventListener("click", () => {
      app.frozen = null;
      app.clock.pauseAt(app.clock.oldest());
      app.clock.play(1);
    });
    byId("live").dataset.t = "time.again";
    write(byId("live"), app.words.say("time.again"));
    byId("live").click();
  } else {
    saves();
    parts.panel = new Panel(app, token);
    listen(`live/events?token=${encodeURIComponent(token)}`, app.current, app.clock, (state) => {
      write(byId("status"), state === "open" ? "" : app.words.say(`status.${state}`));
    });
  }
  languages(parts);
  label();
  byId("language").replaceChildren(
    ...LANGUAGES.map(
      (language) => new Option(new Intl.DisplayNames(language, { type: "language" }).of(language), language),
    ),
  );
  byId("language").value = app.words.language;
  run(parts);
}

start();
