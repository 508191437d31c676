package io.vxland.api;

import io.vxland.json.MalformedJsonException;
import io.vxland.json.StrictJson;
import java.util.List;

/** Records of this package to JSON and back; see {@link StrictJson}. */
public final class Json {
  private Json() {}

  /** The JSON of a record, or of a list of records, in UTF-8. */
  public static byte[] write(Object value) {
    return StrictJson.write(value);
  }

  /**
   * Reads a record.
   *
   * @throws ApiException BAD_REQUEST if the bytes are not exactly that, with the place
   */
  public static <T> T read(byte[] json, Class<T> type) throws ApiException {
    try {
      return StrictJson.read(json, type);
    } catch (MalformedJsonException e) {
      throw new ApiException(ApiException.Kind.BAD_REQUEST, e.getMessage(), e);
    }
  }

  /**
   * Reads a list of records.
   *
   * @throws ApiException BAD_REQUEST if the bytes are not exactly that, with the place
   */
  public static <T> List<T> readList(byte[] json, Class<T> type) throws ApiException {
    try {
      return StrictJson.readList(json, type);
    } catch (MalformedJsonException e) {
      throw new ApiException(ApiException.Kind.BAD_REQUEST, e.getMessage(), e);
    }
  }
}
