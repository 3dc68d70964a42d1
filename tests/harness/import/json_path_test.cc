#include "import/json_path.h"

#include <gmock/gmock.h>

namespace faultline::import {
namespace {

TEST(JsonPath, ToOnePlaceIsAPointer) {
  EXPECT_EQ(to_pointer("$.data.id"), "/data/id");
  EXPECT_EQ(to_pointer("$.a.b[0].c"), "/a/b/0/c");
  EXPECT_EQ(to_pointer("$[0]"), "/0");
  EXPECT_EQ(to_pointer("data['a b'].id"), "/data/a b/id");
}

TEST(JsonPath, EscapesWhatPointersAreMadeOf) {
  EXPECT_EQ(to_pointer("$['a/b~c']"), "/a~1b~0c");
}

TEST(JsonPath, ToSeveralPlacesOrToNoneIsNoPointer) {
  for (const char* path : {"$", "$.data.*", "", "$..id", "$.data[*].id", "$.data[?(@.a)]", "$.a[0", "$.data.",
                           "$.a[0]b", "$[-1]"}) {
    EXPECT_EQ(to_pointer(path), std::nullopt) << path;
  }
}

}  // namespace
}  // namespace faultline::import
