// Short ways to the document: elements by id, HTML and SVG elements. No inline style or script: a strict
// Content-Security-Policy holds on the page.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An HTML element with properties (class, data-…, on… listeners) and children. */
export function html(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** An SVG element, likewise. */
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children);
  return element;
}

/** Sets attributes that have changed; what is drawn thirty times a second is mostly the same. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (element.getAttribute(name) !== text) {
      element.setAttribute(name, text);
    }
  }
  return element;
}

/** Sets a text that has changed. */
export function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
  return element;
}

/**
 * Elements by key: `at(key, make)` returns that of a key, made if it is new; `sweep()` removes those that
 * were not asked for since the last sweep.
 */
export class Keyed {
  constructor() {
    this.elements = new Map();
    this.wanted = new Set();
  }

  at(key, make) {
    this.wanted.add(key);
    let element = this.elements.get(key);
    if (!element) {
      element = make();
      this.elements.set(key, element);
    }
    return element;
  }

  sweep() {
    for (const [key, element] of this.elements) {
      if (!this.wanted.has(key)) {
        element.remove();
        this.elements.delete(key);
      }
    }
    this.wanted.clear();
  }
}

/** The size of 1/16 rem in pixels: pictures grow with the reader's font. */
export function unit() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

/** Whether the reader wants nothing to fly about. */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
