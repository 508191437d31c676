package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.MacAddress;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Turns the texts of a document into values, or refuses them with the place. */
final class Fields {
  /** {@link UUID#fromString} alone takes "1-1-1-1-1" as well. */
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /** Characters of a name; libvirt's own limit is that of a file name. */
  private static final int MAX_NAME = 255;

  private Fields() {}

  static String required(String where, String what, String text) throws LibvirtXmlException {
    if (text == null || text.isBlank()) {
      throw new LibvirtXmlException(where, "has no " + what);
    }
    if (text.length() > MAX_NAME) {
      throw new LibvirtXmlException(
          where, what + " has " + text.length() + " characters, more than " + MAX_NAME);
    }
    return text;
  }

  static UUID uuid(String where, String text) throws LibvirtXmlException {
    return optionalUuid(where, required(where, "<uuid>", text)).orElseThrow();
  }

  static Optional<UUID> optionalUuid(String where, String text) throws LibvirtXmlException {
    if (text == null) {
      return Optional.empty();
    }
    if (!UUID_FORM.matcher(text).matches()) {
      throw new LibvirtXmlException(
          where,
          "UUID "
              + quote(text)
              + " is not of the form 8-4-4-4-12 hexadecimal digits, such as"
              + " d81c6f2d-c41b-47f9-bb73-d518fcae389c");
    }
    return Optional.of(UUID.fromString(text));
  }

  static MacAddress mac(String where, String text) throws LibvirtXmlException {
    try {
      return MacAddress.parseUnicast(required(where, "<mac address='...'/>", text));
    } catch (InvalidValueException e) {
      throw new LibvirtXmlException(where, e.getMessage());
    }
  }

  static Optional<InterfaceName> deviceName(String where, String text) throws LibvirtXmlException {
    try {
      return Optional.ofNullable(text).map(InterfaceName::new);
    } catch (InvalidValueException e) {
      throw new LibvirtXmlException(where, e.getMessage());
    }
  }
}
