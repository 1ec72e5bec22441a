package io.upper.report;

/** A figure of a {@link Page}. */
public sealed interface Drawing permits Plot, Timeline, Bars {

  /** What it is. */
  String title();

  /** The drawing: an element that can stand in HTML, or alone. */
  String svg();
}
