package io.upper.report;

/** A figure of a {@link Page}. */
public sealed interface Drawing permits Plot, Timeline, Bars {

  /** Its caption. */
  String title();

  /** The number of parts that the keyboard reaches, one after the other. */
  default int stops() {
    return 0;
  }

  /** The SVG element, which is also valid as a file of its own. */
  String svg();
}
