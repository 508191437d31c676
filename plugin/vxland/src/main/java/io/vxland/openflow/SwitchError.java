package io.vxland.openflow;

import java.util.HexFormat;
import java.util.Map;

/**
 * What a switch answers to a message that it refuses (OpenFlow 1.4, 7.5.4).
 *
 * @param type 0 to 65535
 * @param code 0 to 65535; of its type
 * @param experimenter whose code it is if the type is 65535, or 0
 */
public record SwitchError(int type, int code, int experimenter) {
  static final int HELLO_FAILED = 0;
  static final int EXPERIMENTER = 0xffff;

  private static final int NICIRA = 0x2320;

  /** The prefix of the names of each type's codes. */
  private static final Map<Integer, String[]> NAMES =
      Map.ofEntries(
          Map.entry(HELLO_FAILED, names("OFPHFC", "INCOMPATIBLE", "EPERM")),
          Map.entry(
              1,
              names(
                  "OFPBRC",
                  "BAD_VERSION",
                  "BAD_TYPE",
                  "BAD_MULTIPART",
                  "BAD_EXPERIMENTER",
                  "BAD_EXP_TYPE",
                  "EPERM",
                  "BAD_LEN",
                  "BUFFER_EMPTY",
                  "BUFFER_UNKNOWN",
                  "BAD_TABLE_ID",
                  "IS_SLAVE",
                  "BAD_PORT",
                  "BAD_PACKET",
                  "MULTIPART_BUFFER_OVERFLOW")),
          Map.entry(
              2,
              names(
                  "OFPBAC",
                  "BAD_TYPE",
                  "BAD_LEN",
                  "BAD_EXPERIMENTER",
                  "BAD_EXP_TYPE",
                  "BAD_OUT_PORT",
                  "BAD_ARGUMENT",
                  "EPERM",
                  "TOO_MANY",
                  "BAD_QUEUE",
                  "BAD_OUT_GROUP",
                  "MATCH_INCONSISTENT",
                  "UNSUPPORTED_ORDER",
                  "BAD_TAG",
                  "BAD_SET_TYPE",
                  "BAD_SET_LEN",
                  "BAD_SET_ARGUMENT")),
          Map.entry(
              3,
              names(
                  "OFPBIC",
                  "UNKNOWN_INST",
                  "UNSUP_INST",
                  "BAD_TABLE_ID",
                  "UNSUP_METADATA",
                  "UNSUP_METADATA_MASK",
                  "BAD_EXPERIMENTER",
                  "BAD_EXP_TYPE",
                  "BAD_LEN",
                  "EPERM",
                  "DUP_INST")),
          Map.entry(
              4,
              names(
                  "OFPBMC",
                  "BAD_TYPE",
                  "BAD_LEN",
                  "BAD_TAG",
                  "BAD_DL_ADDR_MASK",
                  "BAD_NW_ADDR_MASK",
                  "BAD_WILDCARDS",
                  "BAD_FIELD",
                  "BAD_VALUE",
                  "BAD_MASK",
                  "BAD_PREREQ",
                  "DUP_FIELD",
                  "EPERM")),
          Map.entry(
              5,
              names(
                  "OFPFMFC",
                  "UNKNOWN",
                  "TABLE_FULL",
                  "BAD_TABLE_ID",
                  "OVERLAP",
                  "EPERM",
                  "BAD_TIMEOUT",
                  "BAD_COMMAND",
                  "BAD_FLAGS")),
          Map.entry(
              17,
              names(
                  "OFPBFC",
                  "UNKNOWN",
                  "EPERM",
                  "BAD_ID",
                  "BUNDLE_EXIST",
                  "BUNDLE_CLOSED",
                  "OUT_OF_BUNDLES",
                  "BAD_TYPE",
                  "BAD_FLAGS",
                  "MSG_BAD_LEN",
                  "MSG_BAD_XID",
                  "MSG_UNSUP",
                  "MSG_CONFLICT",
                  "MSG_TOO_MANY",
                  "MSG_FAILED",
                  "TIMEOUT",
                  "BUNDLE_IN_PROGRESS")));

  /** Open vSwitch's own codes, for what OpenFlow has none. */
  private static final Map<Integer, String> NICIRA_NAMES =
      Map.of(
          2, "NXBRC_NXM_INVALID",
          3, "NXBRC_NXM_BAD_TYPE",
          4, "NXBRC_MUST_BE_ZERO",
          11, "NXBAC_MUST_BE_ZERO",
          12, "NXFMFC_HARDWARE",
          13, "NXFMFC_BAD_TABLE_ID",
          22, "OFPBFC_BAD_VERSION");

  private static String[] names(String prefix, String... codes) {
    String[] names = new String[codes.length];
    for (int i = 0; i < codes.length; i++) {
      names[i] = prefix + "_" + codes[i];
    }
    return names;
  }

  /** As the specification or Open vSwitch call it, or its numbers. */
  public String name() {
    if (type == EXPERIMENTER) {
      String name = experimenter == NICIRA ? NICIRA_NAMES.get(code) : null;
      return name != null
          ? name
          : "error " + code + " of experimenter 0x" + HexFormat.of().toHexDigits(experimenter);
    }
    String[] names = NAMES.get(type);
    return names != null && code < names.length
        ? names[code]
        : "error type " + type + " code " + code;
  }
}
