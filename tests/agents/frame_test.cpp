#include "agents/protocol/frame.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace testudo::agents {
namespace {

std::vector<std::string> frames_of(const std::vector<std::string>& pieces) {
    std::vector<std::string> texts;
    FrameReader reader([&](const Frame& frame) { texts.push_back(frame.mac + " " + frame.text); });
    for (const auto& piece : pieces)
        reader.receive(piece);
    return texts;
}

using Texts = std::vector<std::string>;

TEST(Frame, IsReadWhateverThePiecesAre) {
    const auto line = encode_frame(no_mac, R"({"op":"hello"})");
    EXPECT_EQ(line, "- {\"op\":\"hello\"}\n");
    EXPECT_EQ(frames_of({line + line}), (Texts{"- {\"op\":\"hello\"}", "- {\"op\":\"hello\"}"}));
    Texts bytes;
    for (const char c : line)
        bytes.emplace_back(1, c);
    EXPECT_EQ(frames_of(bytes), (Texts{"- {\"op\":\"hello\"}"}));
}

TEST(Frame, NoiseIsDropped) {
    EXPECT_EQ(frames_of({"[    0.1] kernel says\nportal login: \n\n- not json\n- [1]\nxyz {\"a\":1}\n",
                         std::string("\0\x1b[2J\n", 6), "- {\"a\":1}\r\n"}),
              (Texts{"- {\"a\":1}"}));
}

TEST(Frame, MacIsTheRightNumberOfLowerCaseHexDigits) {
    const std::string mac(32, 'a');
    EXPECT_EQ(frames_of({mac + " {}\n"}).size(), 1u);
    EXPECT_EQ(frames_of({std::string(31, 'a') + " {}\n", std::string(32, 'A') + " {}\n"}).size(), 0u);
}

TEST(Frame, EndlessLinesCostNoMoreThanTheLimit) {
    const std::string piece(1 << 16, 'x');
    Texts pieces(40, piece);
    pieces.emplace_back("- {\"a\":1}\n- {\"a\":2}\n");
    EXPECT_EQ(frames_of(pieces), (Texts{"- {\"a\":2}"}));
}

TEST(Frame, LongestLineIsStillRead) {
    const std::string fill(max_line - 2 - 8, 'x');
    const auto line = encode_frame(no_mac, "{\"a\":\"" + fill + "\"}");
    ASSERT_EQ(line.size(), max_line + 1);
    EXPECT_EQ(frames_of({line}).size(), 1u);
    EXPECT_EQ(frames_of({encode_frame(no_mac, "{\"a\":\"" + fill + "x\"}")}).size(), 0u);
}

} // namespace
} // namespace testudo::agents
