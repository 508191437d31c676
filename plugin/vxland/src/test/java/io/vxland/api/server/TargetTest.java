package io.vxland.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.api.ApiException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @Test
  void anEscapedSlashStaysInItsSegment() throws Exception {
    assertThat(Target.parse("/v1/networks/a%2Fb%25", "network=a%26b%3D&vni="))
        .isEqualTo(
            new Target(List.of("v1", "networks", "a/b%"), Map.of("network", "a&b=", "vni", "")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1",
        "/",
        "//",
        "/a//b",
        "/a/",
        "/.",
        "/a/..",
        "/%2e%2e",
        "/%",
        "/%2",
        "/%zz",
        "/%٣٣",
        "/%c3",
        "/%c0%af",
        "/%ed%a0%80",
        "/ü",
        "/a b",
        "/1/2/3/4/5/6/7/8/9"
      })
  void aPathThatIsNoneIsRefused(String path) {
    assertThatThrownBy(() -> Target.parse(path, null)).isInstanceOf(ApiException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "=", "=1", "a=1&", "a=1&a=2", "a=%", "a=1&b=2&c&d=4"})
  void aQueryThatIsNoneIsRefused(String query) {
    assertThatThrownBy(() -> Target.parse("/v1", query)).isInstanceOf(ApiException.class);
  }

  @Test
  void anythingIsEitherReadOrRefused() {
    Random random = new Random(20261121);
    String alphabet = "/%.2fe0ü&=?;a \0";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder("/");
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String path = text.toString();
      try {
        assertThat(Target.parse(path, path.substring(1)).segments()).doesNotContain("", ".", "..");
      } catch (ApiException refused) {
        assertThat(refused.kind()).isEqualTo(ApiException.Kind.BAD_REQUEST);
      }
    }
  }
}
