package io.upper.report;

import static io.upper.report.Svg.FONT;
import static io.upper.report.Svg.WIDTH;

import java.util.ArrayList;
import java.util.List;

/**
 * A chart of horizontal bars in groups, with room for long names; each bar has a label. An instance
 * draws one chart and is used by one thread.
 */
public final class Bars implements Drawing {
  private static final double HEIGHT = 15;
  private static final double NAME = 20;
  private static final double GAP = 8;

  private final String title;
  private final String description;
  private final List<Group> groups = new ArrayList<>();

  private record Group(String name, List<Bar> bars) {}

  /**
   * A bar.
   *
   * @param length at least 0, in any unit, the same for all bars
   * @param text its label, with the unit
   */
  public record Bar(double length, String text) {}

  /**
   * An empty chart.
   *
   * @param description a text alternative, for screen readers
   */
  public Bars(String title, String description) {
    this.title = title;
    this.description = description;
  }

  /** Adds a group; bars at the same place in their groups look alike. */
  public Bars group(String name, List<Bar> bars) {
    groups.add(new Group(name, List.copyOf(bars)));
    return this;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public String svg() {
    List<Bar> all = groups.stream().flatMap(group -> group.bars().stream()).toList();
    double longest = all.stream().mapToDouble(Bar::length).max().orElse(0);
    double room =
        WIDTH - 6 - all.stream().mapToDouble(bar -> Svg.width(bar.text())).max().orElse(0);
    Svg svg = new Svg();
    double y = 0;
    for (Group group : groups) {
      svg.text("", 0, y + FONT, "start", group.name());
      y += NAME;
      for (int i = 0; i < group.bars().size(); i++) {
        Bar bar = group.bars().get(i);
        double wide = Math.max(1, longest > 0 ? bar.length() / longest * room : 0);
        svg.add(
            "<rect class=\"bar s%d\" x=\"0\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
            i + 1, y, wide, HEIGHT - 3);
        svg.text("", wide + 6, y + HEIGHT - 4, "start", bar.text());
        y += HEIGHT;
      }
      y += GAP;
    }
    return svg.element(title, description, y);
  }
}
