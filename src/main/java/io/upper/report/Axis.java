package io.upper.report;

import java.util.function.DoubleFunction;

/**
 * An axis of a {@link Plot}.
 *
 * @param label its quantity, with the unit unless the ticks have it
 * @param text formats a tick
 */
public record Axis(String label, Scale scale, DoubleFunction<String> text) {}
