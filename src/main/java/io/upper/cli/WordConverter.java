package io.upper.cli;

import io.upper.check.Level;
import io.upper.config.Protocol;
import io.upper.stress.Shape;
import io.upper.text.TextCharset;
import io.upper.text.Word;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a word; if it is not one of the choices, the error lists them. */
abstract class WordConverter<T extends Word> implements ITypeConverter<T> {
  private final T[] choices;

  private WordConverter(T[] choices) {
    this.choices = choices;
  }

  @Override
  public final T convert(String text) {
    return Arrays.stream(choices)
        .filter(choice -> choice.word().equals(text))
        .findFirst()
        .orElseThrow(() -> new TypeConversionException(text + " is not one of " + words()));
  }

  private String words() {
    return Arrays.stream(choices).map(Word::word).collect(Collectors.joining(", "));
  }

  static final class OfProtocol extends WordConverter<Protocol> {
    OfProtocol() {
      super(Protocol.values());
    }
  }

  static final class OfCharset extends WordConverter<TextCharset> {
    OfCharset() {
      super(TextCharset.values());
    }
  }

  static final class OfLevel extends WordConverter<Level> {
    OfLevel() {
      super(Level.values());
    }
  }

  static final class OfShape extends WordConverter<Shape> {
    OfShape() {
      super(Shape.values());
    }
  }
}
