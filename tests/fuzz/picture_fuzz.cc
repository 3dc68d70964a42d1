// Whatever bytes a client posts as a picture, what is read of them is a size that its format can say; and a handle made of them
// is one of itself.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "shopify_rest/picture.h"
#include "shopify_shop/handle.h"

namespace {

void hold(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto picture = faultline::shopify::read_picture(bytes)) {
    const std::int64_t most = picture->extension == "png" ? 0xFFFFFFFF : 0xFFFF;
    hold(picture->width >= 0 && picture->width <= most, "a width is a number of its format");
    hold(picture->height >= 0 && picture->height <= most, "a height is a number of its format");
  }
  const std::string handle = faultline::shopify::handle_of(bytes);
  hold(handle.size() <= 2 * size, "a handle is hardly longer than its text");
  hold(faultline::shopify::handle_of(handle) == handle, "a handle is its own");
  return 0;
}
