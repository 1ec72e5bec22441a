package io.upper.config;

import io.vertx.core.json.JsonObject;

/**
 * The model chosen in a server's section, with the settings that it declares. Equal settings make
 * equal models.
 *
 * @param word the model's word
 * @param values its checked settings
 */
public record ModelSettings(String word, JsonObject values) {

  /** The value of a setting that the model declares; null only if the setting allows it. */
  public <T> T get(Setting<T> setting) {
    return setting.read(new Section(values, ""));
  }

  /** See {@link ModelDeclaration#clustered}. */
  boolean clustered() {
    return ModelCatalog.FOUND.models().stream()
        .anyMatch(model -> model.word().equals(word) && model.clustered());
  }

  /** Checks the settings of every model, and keeps those of the chosen one. */
  static ModelSettings read(Section section) {
    ModelDeclaration[] models = ModelCatalog.FOUND.models().toArray(ModelDeclaration[]::new);
    ModelDeclaration chosen = section.choice("model", models, ModelDeclaration::word);
    JsonObject values = new JsonObject();
    for (ModelDeclaration model : models) {
      for (Setting<?> setting : model.settings()) {
        Object value = setting.read(section);
        if (model == chosen) {
          values.put(setting.name(), value);
        }
      }
    }
    return new ModelSettings(chosen.word(), values);
  }
}
