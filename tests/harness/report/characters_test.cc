#include "report/characters.h"

#include <gtest/gtest.h>

#include "report/markup.h"

namespace faultline::report {
namespace {

TEST(Readable, LeavesTextAsItIs) {
  const std::string text = "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xa5\t\r\n";
  EXPECT_EQ(readable(text), text);
}

TEST(Readable, ShowsControlCharactersByTheirPictures) {
  EXPECT_EQ(readable(std::string_view("a\0b", 3)),
            "a\xe2\x90\x80"
            "b");
  EXPECT_EQ(readable("\x1b[31m"), "\xe2\x90\x9b[31m");
  EXPECT_EQ(readable("\x7f"), "\xe2\x90\xa1");
}

TEST(Readable, ReplacesWhatIsNoCharacter) {
  const std::string none = "\xef\xbf\xbd";
  EXPECT_EQ(readable("\xff"), none) << "never a byte of UTF-8";
  EXPECT_EQ(readable("\xc3("), none + "(") << "a character that is cut short";
  EXPECT_EQ(readable("\xe2\x82"), none + none) << "at the end";
  EXPECT_EQ(readable("\xc0\xaf"), none + none) << "longer than needed";
  EXPECT_EQ(readable("\xe0\x80\xaf"), none + none + none) << "longer than needed";
  EXPECT_EQ(readable("\xf0\x80\x80\xaf"), none + none + none + none) << "longer than needed";
  EXPECT_EQ(readable("\xed\xa0\x80"), none + none + none) << "half of a surrogate pair";
  EXPECT_EQ(readable("\xf4\x90\x80\x80"), none + none + none + none) << "beyond Unicode";
  EXPECT_EQ(readable("\xef\xbf\xbf"), none) << "U+FFFF, which XML does not allow";
  EXPECT_EQ(readable("\xc2\x85"), none) << "a control character beyond ASCII";
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abc\xe2\x80\xa6");
  EXPECT_EQ(shortened("ab\xe2\x82\xac"
                      "defg",
                      7),
            "ab\xe2\x80\xa6");
}

TEST(Markup, EscapesWhatIsMarkup) {
  EXPECT_EQ(in_text("<a b=\"c\" d='e'>&]]>"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;]]&gt;");
  EXPECT_EQ(in_text("a\nb\tc\rd"), "a\nb\tc&#13;d");
  EXPECT_EQ(in_attribute("a\nb\tc\rd"), "a&#10;b&#9;c&#13;d");
  EXPECT_EQ(in_attribute("\x1b<"), "\xe2\x90\x9b&lt;");
}

}  // namespace
}  // namespace faultline::report
