// The time controls: live, pause, slow motion, step from event to event, and the last minute to scrub through.

import { byId, set, write } from "./dom.js";
import { neighbour } from "./picture.js";
import { tellEvent } from "./sentences.js";

const SPEEDS = { "speed-1": 1, "speed-05": 0.5, "speed-01": 0.1 };

export class Controls {
  constructor(app) {
    this.app = app;
    const { clock } = app;
    byId("live").addEventListener("click", () => this.change(() => clock.goLive()));
    byId("pause").addEventListener("click", () =>
      this.change(() => (clock.paused ? clock.play(1) : clock.pauseAt(clock.time()))),
    );
    for (const [id, speed] of Object.entries(SPEEDS)) {
      byId(id).addEventListener("click", () => this.change(() => clock.play(speed)));
    }
    byId("back").addEventListener("click", () => this.step(-1));
    byId("forth").addEventListener("click", () => this.step(1));
    this.slider = byId("scrub");
    this.slider.addEventListener("input", () => {
      this.change(() => clock.pauseAt(clock.newest() + Number(this.slider.value) * 1_000));
    });
  }

  // While time stands still, later events must not push out what is looked at.
  change(action) {
    const { app } = this;
    action();
    app.frozen = app.clock.paused ? (app.frozen ?? app.current.freeze()) : null;
    this.draw();
  }

  step(direction) {
    const { app } = this;
    const time = app.clock.time();
    this.change(() => app.clock.pauseAt(time));
    const event = neighbour(app.story, time, direction);
    if (event && event.at <= app.clock.newest() && event.at >= app.clock.oldest()) {
      app.clock.pauseAt(event.at);
      app.tell(tellEvent(app.words, event), event.request);
    } else {
      app.tell(app.words.say("time.noEvent"));
    }
    this.draw();
  }

  /** Shows which time is shown. */
  draw() {
    const { clock, words } = this.app;
    const behind = clock.newest() - clock.time();
    const ago = words.time(behind, { name: "s", ms: 1_000, decimals: 1 });
    const value = words.say(clock.live ? "time.live" : clock.paused ? "time.paused" : "time.behind", { ago });
    write(byId("when"), value);
    set(byId("when"), { "data-time": clock.time() });
    set(byId("live"), { "aria-pressed": clock.live });
    set(byId("pause"), { "aria-pressed": clock.paused });
    for (const [id, speed] of Object.entries(SPEEDS)) {
      set(byId(id), { "aria-pressed": !clock.live && clock.speed === speed });
    }
    if (document.activeElement !== this.slider || !clock.paused) {
      this.slider.value = String(-behind / 1_000);
    }
    set(this.slider, { "aria-valuetext": value });
  }
}
