package io.vxland.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.vxland.model.InvalidValueException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/**
 * Records to JSON and back, for what comes from outside. Reading is strict: no unknown, missing,
 * double or null key, no number in quotes or with a fraction, no more after the end.
 */
public final class StrictJson {
  /** Made at first use: the daemon answers hooks without it. */
  private static final class Codec {
    static final ObjectMapper MAPPER = mapper();
  }

  private StrictJson() {}

  private static ObjectMapper mapper() {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(16)
            .maxStringLength(1 << 20)
            .maxNameLength(64)
            .maxNumberLength(20)
            .build();
    return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(limits).build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(
            DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
            DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
            DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
            DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
            DeserializationFeature.READ_ENUMS_USING_TO_STRING)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
        .withCoercionConfig(LogicalType.Integer, StrictJson::exact)
        .withCoercionConfig(LogicalType.Boolean, StrictJson::exact)
        .withCoercionConfig(LogicalType.Textual, StrictJson::exact)
        .build();
  }

  private static void exact(MutableCoercionConfig config) {
    for (CoercionInputShape shape : CoercionInputShape.values()) {
      config.setCoercion(shape, CoercionAction.Fail);
    }
  }

  /** The JSON of a record, or of a list of records, in UTF-8. */
  public static byte[] write(Object value) {
    try {
      return Codec.MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a record.
   *
   * @throws MalformedJsonException BAD_REQUEST if the bytes are not exactly that, with the place
   */
  public static <T> T read(byte[] json, Class<T> type) throws MalformedJsonException {
    return strictly(() -> Codec.MAPPER.readValue(json, type));
  }

  /**
   * Reads a list of records.
   *
   * @throws MalformedJsonException BAD_REQUEST if the bytes are not exactly that, with the place
   */
  public static <T> List<T> readList(byte[] json, Class<T> type) throws MalformedJsonException {
    return strictly(() -> List.copyOf(Codec.MAPPER.readerForListOf(type).<List<T>>readValue(json)));
  }

  /** A step that reads. */
  private interface Reading<T> {
    T read() throws IOException;
  }

  private static <T> T strictly(Reading<T> reading) throws MalformedJsonException {
    try {
      return Objects.requireNonNull(reading.read());
    } catch (NullPointerException e) {
      throw new MalformedJsonException("JSON: null instead of a value", e);
    } catch (JsonProcessingException e) {
      // The original message only: the full one would name classes and quote the source.
      throw new MalformedJsonException("JSON: " + place(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String place(JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? ""
            : "line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr()
                + ": ";
    return where + what(e);
  }

  /** Jackson's words name classes of ours where the caller knows keys. */
  private static String what(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown key " + InvalidValueException.quote(unknown.getPropertyName());
    }
    if (e instanceof MismatchedInputException mismatch) {
      List<JsonMappingException.Reference> path = mismatch.getPath();
      return path.isEmpty()
          ? "not the kind of value that is expected here"
          : "key "
              + InvalidValueException.quote(
                  String.valueOf(path.get(path.size() - 1).getFieldName()))
              + " is missing, or its value is of the wrong kind";
    }
    return e.getOriginalMessage();
  }
}
