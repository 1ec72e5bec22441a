package io.upper.cli;

import io.upper.config.Protocol;
import io.upper.stress.Shape;
import io.upper.text.TextCharset;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads one of several words on the command line, and names them all when it is none. */
abstract class WordConverter<T> implements ITypeConverter<T> {
  private final T[] choices;
  private final Function<T, String> word;

  private WordConverter(T[] choices, Function<T, String> word) {
    this.choices = choices;
    this.word = word;
  }

  @Override
  public final T convert(String text) {
    for (T choice : choices) {
      if (word.apply(choice).equals(text)) {
        return choice;
      }
    }
    String words = Arrays.stream(choices).map(word).collect(Collectors.joining(", "));
    throw new TypeConversionException(text + " is not one of " + words);
  }

  static final class OfProtocol extends WordConverter<Protocol> {
    OfProtocol() {
      super(Protocol.values(), Protocol::word);
    }
  }

  static final class OfCharset extends WordConverter<TextCharset> {
    OfCharset() {
      super(TextCharset.values(), TextCharset::toString);
    }
  }

  static final class OfShape extends WordConverter<Shape> {
    OfShape() {
      super(Shape.values(), Shape::word);
    }
  }
}
