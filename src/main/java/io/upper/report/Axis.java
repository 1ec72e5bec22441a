package io.upper.report;

import java.util.function.DoubleFunction;

/**
 * One side of a {@link Plot}.
 *
 * @param label what it measures, with the unit when the ticks do not name it
 * @param text how a tick is written
 */
public record Axis(String label, Scale scale, DoubleFunction<String> text) {}
