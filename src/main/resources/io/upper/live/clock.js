// Which time the page shows: live, slowed down, paused, or chosen. Never slows the server: it replays the buffer.

import { KEPT_MS } from "./story.js";

// Events come in batches of 50 ms: the picture stays this much behind, so that it is complete.
const BEHIND_MS = 150;

export class Clock {
  /** @param local a function that returns this computer's time in ms, never set back: performance.now */
  constructor(local) {
    this.local = local;
    this.offset = -Infinity; // server's time minus ours, as the fastest message showed it
    this.first = 0; // nothing is to be seen before: in a replay
    this.last = null; // the last time of the server, if it has ended: a replay
    this.held = null; // the newest time when the pause began: the minute that one can look at meanwhile
    this.live = true;
    this.speed = 1; // 0: paused
    this.shown = 0;
    this.at = 0; // our time at which `shown` was right
  }

  /** Takes the server's time from a message. */
  hear(now) {
    this.offset = Math.max(this.offset, now - this.local());
  }

  /** Forgets the server's clock: another one may answer. */
  restart() {
    this.offset = -Infinity;
  }

  /** Nothing comes before or after these times. */
  bound(first, last) {
    this.first = first;
    this.last = last;
  }

  /** The newest time that can be shown completely. */
  newest() {
    const heard = this.offset === -Infinity ? 0 : this.local() + this.offset - BEHIND_MS;
    return this.last ?? this.held ?? Math.max(0, heard);
  }

  oldest() {
    return Math.max(this.first, this.newest() - KEPT_MS);
  }

  get paused() {
    return !this.live && this.speed === 0;
  }

  /** The time to show now, between `oldest` and `newest`. */
  time() {
    if (this.live) {
      return this.newest();
    }
    const elapsed = (this.local() - this.at) * this.speed;
    const time = this.shown + elapsed;
    return Math.max(this.oldest(), Math.min(this.newest(), time));
  }

  goLive() {
    this.held = null;
    this.live = true;
    this.speed = 1;
  }

  /** Plays on from the time that is shown, at 1, 0.5 or 0.1 of its speed. */
  play(speed) {
    this.jump(this.time());
    this.held = null;
    this.speed = speed;
  }

  /** Shows this time, and stays there. */
  pauseAt(time) {
    this.held = this.newest();
    this.jump(time);
    this.speed = 0;
  }

  jump(time) {
    this.shown = Math.max(0, Math.min(this.newest(), time));
    this.at = this.local();
    this.live = false;
  }
}
