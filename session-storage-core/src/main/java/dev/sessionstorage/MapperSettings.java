package dev.sessionstorage;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** The Jackson configuration for everything in a session: attributes, flash and model attributes, logins. */
final class MapperSettings {

    private MapperSettings() {}

    static JsonMapper.Builder builder() {
        return JsonMapper.builder()
                .annotationIntrospector(new FieldIntrospector())
                // Added before the class path's modules, which then take precedence.
                .addModule(JdkValues.module().setValueInstantiators(new WithoutConstructor()))
                .findAndAddModules()
                .enable(
                        MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS,
                        MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY)
                // Names, not labels: two constants may share a label, and a label changes with the language.
                .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING, EnumFeature.READ_ENUMS_USING_TO_STRING)
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(
                        DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                        DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID,
                        DateTimeFeature.WRITE_DATES_WITH_CONTEXT_TIME_ZONE)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }
}
