package io.upper.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schema accepts what is documented; {@link ConfigurationTest} has what it and the reader
 * refuse.
 */
class SchemaTest {
  private static final Validator VALIDATOR =
      Validator.create(
          JsonSchema.of(Configuration.schema()),
          new JsonSchemaOptions()
              .setOutputFormat(OutputFormat.Basic)
              .setDraft(Draft.DRAFT202012)
              .setBaseUri("app://upper"));

  // In command lines, unless for one verticle; and members of a document in running text.
  private static final Pattern OPTION = Pattern.compile("(?m)^(?!.* run ).*?-conf '(\\{[^']*})'");
  private static final Pattern MEMBER =
      Pattern.compile("`(\"(?:processes|admin|accessLog)\": (?!N).*?)`");

  /** Null if a document is valid, else the reason. */
  static String refusal(JsonObject document) {
    OutputUnit output = VALIDATOR.validate(document);
    return output.getValid() ? null : String.valueOf(output.getErrors());
  }

  static Stream<Path> files() throws IOException {
    return Files.list(Path.of("src/main/resources/conf"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFileOfConfIsValid(Path file) throws IOException {
    assertEquals(null, refusal(new JsonObject(Files.readString(file))));
  }

  static Stream<String> examples() throws IOException {
    List<String> examples = new ArrayList<>();
    for (Path document :
        List.of(
            Path.of("README.md"),
            Path.of("docs/configuration.md"),
            Path.of("docs/operations.md"),
            Path.of("docs/models.md"))) {
      String text = Files.readString(document);
      OPTION.matcher(text).results().map(found -> found.group(1)).forEach(examples::add);
      Matcher member = MEMBER.matcher(text);
      while (member.find()) {
        examples.add("{" + member.group(1) + "}");
      }
    }
    assertTrue(examples.size() > 5, examples::toString);
    return examples.stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleOfTheDocumentsIsValid(String example) {
    assertEquals(null, refusal(new JsonObject(example)));
    Configuration.of(new JsonObject(example));
  }

  @Test
  void everySettingIsThereWithItsDefault() {
    assertDefaults("", Defaults.document(), Configuration.schema());
  }

  private static void assertDefaults(String pointer, JsonObject defaults, JsonObject schema) {
    for (String key : defaults.fieldNames()) {
      JsonObject property = schema.getJsonObject("properties").getJsonObject(key);
      if (defaults.getValue(key) instanceof JsonObject section) {
        assertDefaults(pointer + "/" + key, section, property);
      } else {
        assertTrue(property.containsKey("default"), pointer + "/" + key);
        assertEquals(defaults.getValue(key), property.getValue("default"), pointer + "/" + key);
      }
    }
  }

  @Test
  void aListHasASchemaOfItsItems() {
    JsonObject pair = new JsonObject().put("certificate", "a.pem");
    JsonObject tls = new JsonObject().put("certificates", new JsonArray().add(pair));
    JsonObject document = new JsonObject().put("tls", tls);
    assertTrue(refusal(document).contains("key"), "without a key");
    pair.put("key", "b.pem");
    assertEquals(null, refusal(document));
    pair.put("keys", "b.pem");
    assertTrue(refusal(document).contains("keys"), "with an unknown key");
  }

  @Test
  void aFileMayNameItsSchema() {
    assertEquals(null, refusal(new JsonObject().put("$schema", "./upper.schema.json")));
  }
}
