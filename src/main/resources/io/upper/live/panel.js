// "Break it": buttons that change or hurt the server, each with what it does, and experiments to predict first.

import { Keyed, byId, html, set, write } from "./dom.js";
import { EXPERIMENTS } from "./experiments.js";
import { press } from "./feed.js";
import { laneName, tellSpan } from "./sentences.js";

const WATCH_MS = 6_000; // after an experiment's buttons, its figures
const LOG = 6;
const CLOCK = { hour12: false };

export class Panel {
  constructor(app, token) {
    this.app = app;
    this.token = token;
    this.built = "";
    this.logged = new Keyed();
    for (const name of ["instances", "clients", "block", "reset"]) {
      const field = byId(`${name}-value`);
      const key = { block: "seconds", reset: "connections" }[name] ?? name;
      byId(`do-${name}`).addEventListener("click", () => this.press(name, { [key]: Number(field.value) }));
    }
    byId("do-job").addEventListener("click", () => this.press("job", { job: byId("job-value").value }));
    byId("do-unread").addEventListener("click", () => this.press("unread", {}));
    byId("do-kill").addEventListener("click", () =>
      this.press("kill", { lane: Number(byId("kill-value").value) }),
    );
    this.experiments();
  }

  async press(name, body) {
    try {
      const text = await press(this.token, name, body);
      this.answer(text, false);
      return true;
    } catch (error) {
      this.answer(this.app.words.say("panel.refused", { error: error.message }), true);
      return false;
    }
  }

  answer(text, failed) {
    set(byId("answer"), { class: failed ? "failed" : "" });
    write(byId("answer"), text);
  }

  /** Shows the configuration in force, the workers to kill and what was done. */
  draw() {
    const { current: story, words } = this.app; // the present, whatever time is shown
    const state = story.stateAt(Infinity);
    if (!state) {
      return;
    }
    const built = JSON.stringify([state.models, state.jobs, words.language]);
    if (this.built !== built) {
      this.built = built;
      this.models(state.models ?? []);
      byId("jobs").replaceChildren(...(state.jobs ?? []).map((job) => html("option", { value: job })));
    }
    for (const button of byId("models").children) {
      set(button, { "aria-pressed": button.dataset.model === state.model });
    }
    this.fill("job", state.job, state);
    this.fill("clients", state.clients, state);
    this.fill("instances", state.protocols?.[0]?.instances, state);
    write(
      byId("model-says"),
      words.has(`model.${state.model}`) ? words.say(`model.${state.model}`) : (state.sentence ?? ""),
    );
    this.killable();
    this.log();
  }

  // A field shows what is in force until somebody types.
  fill(name, value, state) {
    const field = byId(`${name}-value`);
    if (field.dataset.from !== String(state.at) && document.activeElement !== field && value !== undefined) {
      field.dataset.from = String(state.at);
      field.value = String(value);
    }
  }

  models(names) {
    const buttons = names.map((model) =>
      html(
        "button",
        { type: "button", "data-model": model, onclick: () => this.press("model", { model }) },
        model,
      ),
    );
    byId("models").replaceChildren(...buttons);
  }

  killable() {
    const { current: story, words } = this.app; // the present, whatever time is shown
    const lanes = [...story.lanes.values()].filter(
      ({ kind, ended }) => (kind === "process" || kind === "server") && ended === Infinity,
    );
    const select = byId("kill-value");
    const key = lanes.map(({ id }) => id).join();
    if (select.dataset.lanes !== key) {
      const chosen = select.value;
      select.dataset.lanes = key;
      select.replaceChildren(
        ...lanes.map((lane) => html("option", { value: lane.id }, `${laneName(words, lane)} (${processNumber(lane)})`)),
      );
      select.value = lanes.some(({ id }) => String(id) === chosen) ? chosen : (lanes[0]?.id ?? "");
      select.disabled = lanes.length === 0;
      byId("do-kill").disabled = lanes.length === 0;
    }
  }

  // Each is added once: screen readers read what is new. The time is that of the server's own log.
  log() {
    const { current: story, words } = this.app; // the present, whatever time is shown
    for (const { at, kind, text } of story.marks.slice(-LOG)) {
      const time = new Date(Date.now() - (story.now - at));
      this.logged.at(`${at}${text}`, () =>
        byId("log").appendChild(
          html(
            "li",
            { class: kind === "c" ? "change" : "break" },
            html("b", {}, kind === "c" ? "⚙ " : "⚡ ", time.toLocaleTimeString(words.language, CLOCK)),
            " ",
            html("span", { lang: "en" }, text),
          ),
        ),
      );
    }
    this.logged.sweep();
  }

  experiments() {
    const { words } = this.app;
    byId("experiments").replaceChildren(
      ...EXPERIMENTS.map((experiment) => this.experiment(experiment, words)),
    );
  }

  experiment({ key, right, press: steps }, words) {
    const text = (name) => words.say(`try.${key}.${name}`);
    const choices = ["a", "b", "c"].map((letter) =>
      html(
        "label",
        {},
        html("input", { type: "radio", name: `try-${key}`, value: letter }),
        " ",
        text(letter),
      ),
    );
    const result = html("p", { class: "result", role: "status" });
    const button = html("button", { type: "button" }, words.say("try.press"));
    const fields = html("fieldset", {}, html("legend", {}, text("question")), ...choices);
    const card = html(
      "details",
      { "data-try": key },
      html("summary", {}, text("title")),
      fields,
      html("p", { class: "soft" }, text("does")),
      button,
      result,
    );
    button.addEventListener("click", async () => {
      const said = card.querySelector("input:checked")?.value;
      if (!said) {
        write(result, words.say("try.predict"));
        return;
      }
      button.disabled = true;
      await this.run({
        steps,
        result,
        text,
        verdict: words.say(said === right ? "try.right" : "try.wrong", { right: text(right) }),
      });
      button.disabled = false;
    });
    return card;
  }

  async run({ steps, result, text, verdict }) {
    const { app } = this;
    app.watch();
    write(result, app.words.say("try.watch"));
    for (const [name, body] of steps(app.current.stateAt(Infinity) ?? {})) {
      if (!(await this.press(name, body))) {
        write(result, app.words.say("try.refused"));
        return;
      }
    }
    const from = app.current.now;
    await new Promise((done) => setTimeout(done, WATCH_MS));
    write(result, `${verdict} ${text("why")} ${tellSpan(app.words, app.current, from, app.current.now)}`);
  }
}

// The pid of a child process, the number of a server process: "process 9248", "process 2/vert.x-…".
function processNumber({ name }) {
  return name.match(/\d+/)?.[0] ?? name;
}
