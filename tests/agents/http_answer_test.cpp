#include "agents/probes/http_answer.hpp"

#include <gtest/gtest.h>

namespace testudo::agents {
namespace {

using State = HttpAnswer::State;

// The answer must not depend on where the pieces are cut.
HttpAnswer read(const std::string& bytes, bool end = true) {
    HttpAnswer whole;
    whole.feed(bytes);
    HttpAnswer pieces;
    for (const char c : bytes)
        pieces.feed(std::string_view(&c, 1));
    if (end) {
        whole.end();
        pieces.end();
    }
    EXPECT_EQ(whole.state(), pieces.state());
    EXPECT_EQ(whole.body(), pieces.body());
    return whole;
}

TEST(HttpAnswer, ReadsABodyOfGivenLength) {
    const auto answer = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", false);
    EXPECT_EQ(answer.state(), State::complete);
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.body(), "hello");
}

TEST(HttpAnswer, ReadsABodyUpToTheEnd) {
    EXPECT_EQ(read("HTTP/1.0 404 Not Found\r\n\r\ngone", false).state(), State::body);
    const auto answer = read("HTTP/1.0 404 Not Found\r\n\r\ngone");
    EXPECT_EQ(answer.state(), State::complete);
    EXPECT_EQ(answer.status(), 404);
    EXPECT_EQ(answer.body(), "gone");
}

TEST(HttpAnswer, ReadsChunks) {
    const auto answer =
        read("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", false);
    EXPECT_EQ(answer.state(), State::complete);
    EXPECT_EQ(answer.body(), "hello world");
}

TEST(HttpAnswer, ReadsWhatHasNoBodyAndWhatComesAfterAnInterimAnswer) {
    EXPECT_EQ(read("HTTP/1.1 204 No Content\r\n\r\n", false).state(), State::complete);
    const auto answer = read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n", false);
    EXPECT_EQ(answer.state(), State::complete);
    EXPECT_EQ(answer.status(), 201);
}

TEST(HttpAnswer, TakesLinesWithoutCarriageReturns) {
    EXPECT_EQ(read("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", false).body(), "ok");
}

TEST(HttpAnswer, WhatIsCutShortIsBroken) {
    for (const auto* bytes : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"})
        EXPECT_EQ(read(bytes).state(), State::broken) << bytes;
}

TEST(HttpAnswer, NonsenseIsBroken) {
    for (const auto* bytes : {"SSH-2.0-x\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.\n\n", "HTTP/1.1 2x0 OK\r\n\r\n",
                              "HTTP/1.1 099 X\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nx",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n"})
        EXPECT_EQ(read(bytes, false).state(), State::broken) << bytes;
}

} // namespace
} // namespace testudo::agents
