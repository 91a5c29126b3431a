#include <gmock/gmock.h>

#include "tests/web/live_client.hpp"
#include "tests/web/raw_client.hpp"
#include "tests/web/running_server.hpp"

namespace testudo::web {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// A view that grows by what is published, as the domain would do it.
class Publisher {
  public:
    Publisher(Hub& hub, std::string audience, std::string epoch = "e1")
        : hub_(hub), audience_(std::move(audience)), epoch_(std::move(epoch)) {}

    void publish(std::uint64_t seq, std::string_view key, std::string_view value) {
        auto next = view_;
        next["seq"] = seq;
        next[key] = value;
        Publication p;
        p.at = {epoch_, seq};
        p.from = seq_;
        p.patch = merge_patch(view_, next);
        p.view = std::make_shared<const json::object>(next);
        p.event_at = std::chrono::steady_clock::now();
        view_ = std::move(next);
        seq_ = seq;
        hub_.publish(audience_, std::move(p));
    }
    const json::object& view() const { return view_; }

  private:
    Hub& hub_;
    std::string audience_, epoch_;
    json::object view_;
    std::uint64_t seq_ = 0;
};

TEST(Live, SendsASnapshotAndThenDeltas) {
    RunningServer run;
    Publisher white(run.hub, "white");
    white.publish(3, "phase", "attack");
    LiveTestClient client(run.port());
    ASSERT_TRUE(client.connected());
    client.subscribe(run.white);
    const auto snapshot = client.receive();
    ASSERT_TRUE(snapshot);
    EXPECT_EQ(json::serialize(*snapshot),
              R"({"type":"snapshot","epoch":"e1","seq":3,"view":{"seq":3,"phase":"attack"}})");
    white.publish(5, "phase", "recovery");
    const auto delta = client.receive();
    ASSERT_TRUE(delta);
    EXPECT_EQ(json::serialize(*delta),
              R"({"type":"delta","epoch":"e1","seq":5,"from":3,"patch":{"seq":5,"phase":"recovery"}})");
    auto document = object_or_empty(*snapshot, "view");
    apply_merge_patch(document, object_or_empty(*delta, "patch"));
    EXPECT_EQ(document, white.view());
}

TEST(Live, SendsTheFirstSnapshotWhenThereIsOne) {
    RunningServer run;
    LiveTestClient client(run.port());
    client.subscribe(run.white);
    EXPECT_EQ(text_or(*client.receive(), "type"), "heartbeat"); // nothing to show yet, but we are heard
    Publisher(run.hub, "white").publish(1, "phase", "attack");
    EXPECT_EQ(text_or(*client.receive(), "type"), "snapshot");
}

TEST(Live, ResumesWhereTheClientWas) {
    RunningServer run;
    Publisher white(run.hub, "white");
    white.publish(1, "text", std::string(1000, 'x'));
    {
        LiveTestClient client(run.port());
        client.subscribe(run.white);
        client.receive();
    }
    white.publish(2, "phase", "attack");
    white.publish(7, "phase", "recovery");
    LiveTestClient again(run.port());
    again.subscribe(run.white, "e1", 1);
    auto message = again.receive();
    EXPECT_EQ(text_or(*message, "type"), "delta");
    EXPECT_EQ(int_or(*message, "from"), 1);
    EXPECT_EQ(int_or(*message, "seq"), 2);
    message = again.receive();
    EXPECT_EQ(int_or(*message, "seq"), 7);

    LiveTestClient current(run.port());
    current.subscribe(run.white, "e1", 7);
    EXPECT_EQ(text_or(*current.receive(), "type"), "heartbeat"); // nothing was missed

    LiveTestClient stranger(run.port());
    stranger.subscribe(run.white, "e0", 7); // of an earlier controller
    EXPECT_EQ(text_or(*stranger.receive(), "type"), "snapshot");
}

TEST(Live, AClientMaySubscribeAnewOnTheSameConnection) {
    RunningServer run;
    Publisher(run.hub, "white").publish(1, "phase", "attack");
    Publisher(run.hub, "team:north").publish(2, "phase", "attack");
    LiveTestClient client(run.port());
    client.subscribe(run.white);
    EXPECT_EQ(int_or(*client.receive(), "seq"), 1);
    client.subscribe(run.white); // it lost its document
    EXPECT_EQ(int_or(*client.receive(), "seq"), 1);
    client.subscribe(run.north); // somebody else sits down
    EXPECT_EQ(int_or(*client.receive(), "seq"), 2);
}

TEST(Live, RefusesWrongTokens) {
    RunningServer run;
    Publisher(run.hub, "white").publish(1, "marker", "MARKER");
    for (const auto& token : {std::string(), std::string("wrong"), run.white.substr(1)}) {
        LiveTestClient client(run.port());
        client.subscribe(token);
        EXPECT_EQ(client.close_code(), 4401);
        EXPECT_EQ(client.transcript(), "");
    }
}

TEST(Live, ATokenThatIsNoTextIsAWrongOne) {
    RunningServer run({}, {.public_board = true});
    Publisher(run.hub, "public").publish(1, "marker", "MARKER");
    for (const auto* token : {"5", "null", "true", "[]", R"({"a":1})", R"("wrong")"}) {
        LiveTestClient client(run.port());
        client.send(R"({"type":"subscribe","token":)" + std::string(token) + "}");
        EXPECT_EQ(client.close_code(), 4401) << token;
        EXPECT_EQ(client.transcript(), "");
    }
    LiveTestClient without(run.port());
    without.send(R"({"type":"subscribe"})");
    EXPECT_EQ(text_or(*without.receive(), "type"), "snapshot");
}

TEST(Live, WrongTokensCountLikeThoseOfRequests) {
    Options options;
    options.limits.failed_sign_ins = 3;
    RunningServer run(options);
    Publisher(run.hub, "white").publish(1, "phase", "attack");
    const auto closed_with = [&run] {
        LiveTestClient client(run.port());
        client.subscribe("wrong");
        return client.close_code();
    };
    EXPECT_EQ(closed_with(), 4401);
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/api/v1/me", "wrong"))), 401);
    EXPECT_EQ(closed_with(), 4401);
    EXPECT_EQ(closed_with(), 4429);
    EXPECT_EQ(status_of(ask(run.port(), request_text("GET", "/api/v1/me", "wrong"))), 429);
    LiveTestClient client(run.port());
    client.subscribe(run.white); // a good one is taken all the same
    EXPECT_EQ(text_or(*client.receive(), "type"), "snapshot");
}

TEST(Live, EndsAClientThatKeepsSubscribing) {
    Options options;
    options.limits.subscriptions = 3;
    options.limits.subscription_refill = 60s;
    RunningServer run(options);
    Publisher(run.hub, "white").publish(1, "phase", "attack");
    LiveTestClient client(run.port());
    for (int i = 0; i < 3; ++i) {
        client.subscribe(run.white);
        EXPECT_EQ(text_or(*client.receive(), "type"), "snapshot");
    }
    client.subscribe(run.white);
    EXPECT_EQ(client.close_code(), 1008);
    LiveTestClient other(run.port()); // the limit is the connection's
    other.subscribe(run.white);
    EXPECT_EQ(text_or(*other.receive(), "type"), "snapshot");
}

TEST(Live, ShowsTheBoardWithoutATokenIfItIsPublic) {
    RunningServer run({}, {.public_board = true});
    Publisher(run.hub, "public").publish(1, "phase", "attack");
    LiveTestClient client(run.port());
    client.subscribe("");
    EXPECT_EQ(text_or(*client.receive(), "type"), "snapshot");
}

TEST(Live, EachAudienceSeesItsOwnOnly) {
    RunningServer run({}, {.public_board = true});
    const std::vector<std::pair<std::string, std::string>> audiences{{"white", run.white},
                                                                     {"instructor", run.instructor},
                                                                     {"team:north", run.north},
                                                                     {"team:south", run.south},
                                                                     {"public", ""}};
    std::vector<Publisher> publishers;
    std::vector<LiveTestClient> clients;
    for (const auto& [audience, token] : audiences) {
        publishers.emplace_back(run.hub, audience);
        publishers.back().publish(1, "marker", "SNAPSHOT-" + audience + "!");
        clients.emplace_back(run.port());
        clients.back().subscribe(token);
        ASSERT_TRUE(clients.back().receive_document());
    }
    for (std::size_t i = 0; i < audiences.size(); ++i)
        publishers[i].publish(2, "marker", "DELTA-" + audiences[i].first + "!");
    for (std::size_t i = 0; i < audiences.size(); ++i) {
        ASSERT_TRUE(clients[i].receive_document());
        for (const auto& [audience, token] : audiences)
            for (const auto* kind : {"SNAPSHOT-", "DELTA-"}) {
                if (audience == audiences[i].first)
                    EXPECT_THAT(clients[i].transcript(), HasSubstr(kind + audience + "!"));
                else
                    EXPECT_THAT(clients[i].transcript(), Not(HasSubstr(kind + audience + "!")));
            }
    }
    // Nor does a position in another's view help.
    LiveTestClient liar(run.port());
    liar.subscribe(run.south, "e1", 1);
    ASSERT_TRUE(liar.receive_document());
    EXPECT_THAT(liar.transcript(), Not(HasSubstr("north")));
}

TEST(Live, EndsWhenNobodySubscribes) {
    Options options;
    options.limits.subscribe = 200ms;
    RunningServer run(options);
    LiveTestClient client(run.port());
    EXPECT_EQ(client.close_code(), 4408);
}

TEST(Live, EndsOnWhatIsNoSubscription) {
    RunningServer run;
    for (const auto* text : {"", "hello", "[]", "{}", R"({"type":"fire","inject":"defaced"})", R"({"type":5})"}) {
        LiveTestClient client(run.port());
        client.send(text);
        EXPECT_EQ(client.close_code(), 1008) << text;
    }
    LiveTestClient client(run.port());
    client.send(R"({"type":"subscribe","token":")" + std::string(100'000, 'x') + "\"}");
    EXPECT_EQ(client.close_code(), 4413);
}

TEST(Live, IsForPagesOfThisServer) {
    RunningServer run;
    const auto own = "http://127.0.0.1:" + std::to_string(run.port());
    EXPECT_TRUE(LiveTestClient(run.port(), own).connected());
    EXPECT_TRUE(LiveTestClient(run.port(), "https" + own.substr(4)).connected()); // TLS ends at a proxy
    for (const auto* origin : {"http://evil.example", "null", "http://127.0.0.1", "file://", "127.0.0.1"})
        EXPECT_FALSE(LiveTestClient(run.port(), origin).connected()) << origin;
    const auto plain = ask(run.port(), request_text("GET", "/api/v1/live"));
    EXPECT_EQ(status_of(plain), 426);
    EXPECT_EQ(status_of(ask(run.port(), request_text("POST", "/api/v1/live"))), 405);
}

TEST(Live, BeatsWhileNothingHappens) {
    Options options;
    options.limits.heartbeat = 100ms;
    RunningServer run(options);
    Publisher(run.hub, "white").publish(1, "phase", "attack");
    LiveTestClient client(run.port());
    client.subscribe(run.white);
    client.receive();
    for (int i = 0; i < 2; ++i) {
        const auto beat = client.receive();
        ASSERT_TRUE(beat);
        EXPECT_EQ(text_or(*beat, "type"), "heartbeat");
        EXPECT_GT(int_or(*beat, "wall_ms"), 1'600'000'000'000);
    }
}

TEST(Live, SaysGoodbyeWhenItStops) {
    RunningServer run;
    Publisher(run.hub, "white").publish(1, "phase", "attack");
    LiveTestClient client(run.port());
    client.subscribe(run.white);
    client.receive();
    int code = -1;
    std::thread reader([&] { code = client.close_code(); });
    const auto begin = std::chrono::steady_clock::now();
    run.server.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
    reader.join();
    EXPECT_EQ(code, 1001);
    // And publishing to nobody does no harm.
    Publisher(run.hub, "white").publish(9, "phase", "recovery");
}

TEST(Live, ClosesAClientThatDoesNotRead) {
    Options options;
    options.limits.stalled = 1000ms;
    options.limits.closing = 5000ms;
    options.limits.live_send_buffer = 64 * 1024;
    RunningServer run(options);
    Publisher white(run.hub, "white");
    white.publish(1, "phase", "attack");
    LiveTestClient slow(run.port(), "", 64 * 1024);
    slow.subscribe(run.white);
    LiveTestClient brisk(run.port());
    brisk.subscribe(run.white);
    ASSERT_TRUE(slow.receive());
    ASSERT_TRUE(brisk.receive());
    // The slow one reads no more. More than the kernel's buffers hold is published; the others do not wait for it.
    for (std::uint64_t seq = 2; seq <= 21; ++seq) {
        white.publish(seq, "text", std::string(200'000, static_cast<char>('a' + seq)));
        const auto message = brisk.receive_document();
        ASSERT_TRUE(message);
        EXPECT_EQ(int_or(*message, "seq"), static_cast<std::int64_t>(seq));
    }
    std::this_thread::sleep_for(1500ms);
    EXPECT_EQ(slow.close_code(), 1013); // it wakes up in time to learn why
    const auto metrics = body_of(ask(run.port(), request_text("GET", "/metrics")));
    EXPECT_THAT(metrics, HasSubstr("testudo_live_slow_closes_total 1\n"));
    EXPECT_THAT(metrics, HasSubstr("testudo_live_clients 1\n"));
}

TEST(Live, CutsAClientThatNeverReadsAgain) {
    Options options;
    options.limits.stalled = 200ms;
    options.limits.closing = 200ms;
    options.limits.live_send_buffer = 16 * 1024;
    RunningServer run(options);
    Publisher white(run.hub, "white");
    white.publish(1, "text", std::string(8'000'000, 'x'));
    LiveTestClient dead(run.port(), "", 16 * 1024);
    dead.subscribe(run.white);
    std::this_thread::sleep_for(1200ms);
    const auto metrics = body_of(ask(run.port(), request_text("GET", "/metrics")));
    EXPECT_THAT(metrics, HasSubstr("testudo_live_clients 0\n"));
    EXPECT_THAT(metrics, HasSubstr("testudo_http_connections 1\n")); // the one that asks
}

TEST(Live, GivesAClientThatIsBehindTheNewestInsteadOfAllItMissed) {
    Options options;
    options.limits.live_send_buffer = 16 * 1024;
    RunningServer run(options);
    Publisher white(run.hub, "white");
    white.publish(1, "text", "x");
    LiveTestClient client(run.port(), "", 16 * 1024);
    client.subscribe(run.white);
    ASSERT_TRUE(client.receive());
    for (std::uint64_t seq = 2; seq <= 201; ++seq)
        white.publish(seq, "text", std::string(100'000, static_cast<char>('a' + seq % 26)));
    int received = 0;
    json::object document{{"seq", 1}, {"text", "x"}};
    std::int64_t at = 1;
    while (at < 201) {
        const auto message = client.receive_document();
        ASSERT_TRUE(message) << "after " << at;
        ++received;
        if (text_or(*message, "type") == "snapshot") {
            document = object_or_empty(*message, "view");
        } else {
            EXPECT_EQ(int_or(*message, "from"), at);
            apply_merge_patch(document, object_or_empty(*message, "patch"));
        }
        at = int_or(*message, "seq");
    }
    EXPECT_EQ(document, white.view());
    EXPECT_LT(received, 100);
}

} // namespace
} // namespace testudo::web
