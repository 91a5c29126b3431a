#pragma once
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include "agents/protocol/guest_channel.hpp"

// What every GuestChannel must do. An adapter's test gives a World and instantiates the suite with it:
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Libvirt, GuestChannelContract, LibvirtWorld);
//
// World: a default constructor; open(), an OpenGuestChannel whose other side sends back every byte that it gets;
// break_off(), which makes the other side go away; run_until(predicate), which turns the Loop until the predicate
// holds (true) or the World's patience is over (false); settle(), which turns it for a moment.
namespace testudo::agents {

template <class World> class GuestChannelContract : public testing::Test {
  protected:
    struct Heard {
        std::string bytes;
        int closed = 0;
    };

    std::unique_ptr<GuestChannel> open() {
        std::unique_ptr<GuestChannel> channel;
        bool inside = true;
        world_.open()([&](Result<std::unique_ptr<GuestChannel>> opened) {
            EXPECT_FALSE(inside) << "done was called before open returned";
            ASSERT_TRUE(opened) << opened.error().text();
            channel = std::move(*opened);
        });
        inside = false;
        EXPECT_TRUE(world_.run_until([&] { return channel != nullptr; }));
        return channel;
    }

    GuestChannel::Handlers into(Heard& heard) {
        return {[&heard, this](std::string_view bytes) {
                    EXPECT_FALSE(inside_);
                    EXPECT_EQ(heard.closed, 0) << "bytes after the end";
                    heard.bytes += bytes;
                },
                [&heard, this](const Error& error) {
                    EXPECT_FALSE(inside_);
                    EXPECT_FALSE(error.code.empty());
                    ++heard.closed;
                }};
    }

    // Runs a member of the channel; a handler that is called during it fails the test.
    void call(const std::function<void()>& member) {
        inside_ = true;
        member();
        inside_ = false;
    }

    World world_;
    bool inside_ = false;
};

TYPED_TEST_SUITE_P(GuestChannelContract);

TYPED_TEST_P(GuestChannelContract, CarriesBytesBothWaysInOrder) {
    typename TestFixture::Heard heard;
    const auto channel = this->open();
    this->call([&] { channel->listen(this->into(heard)); });
    this->call([&] {
        channel->write("one\n");
        channel->write("two\n");
    });
    EXPECT_TRUE(this->world_.run_until([&] { return heard.bytes.size() >= 8; }));
    EXPECT_EQ(heard.bytes, "one\ntwo\n");
}

TYPED_TEST_P(GuestChannelContract, CarriesMoreThanAnyBufferHolds) {
    typename TestFixture::Heard heard;
    const auto channel = this->open();
    this->call([&] { channel->listen(this->into(heard)); });
    std::string sent;
    for (int i = 0; sent.size() < 300'000; ++i)
        sent += std::to_string(i) + "\n";
    this->call([&] { channel->write(sent); });
    EXPECT_TRUE(this->world_.run_until([&] { return heard.bytes.size() >= sent.size(); }));
    EXPECT_TRUE(heard.bytes == sent);
}

TYPED_TEST_P(GuestChannelContract, KeepsWhatArrivesBeforeListening) {
    typename TestFixture::Heard heard;
    const auto channel = this->open();
    this->call([&] { channel->write("early\n"); });
    this->world_.settle();
    this->call([&] { channel->listen(this->into(heard)); });
    EXPECT_TRUE(this->world_.run_until([&] { return heard.bytes == "early\n"; }));
}

TYPED_TEST_P(GuestChannelContract, TellsOnceThatTheOtherSideIsGone) {
    typename TestFixture::Heard heard;
    const auto channel = this->open();
    this->call([&] { channel->listen(this->into(heard)); });
    this->world_.break_off();
    EXPECT_TRUE(this->world_.run_until([&] { return heard.closed > 0; }));
    this->call([&] { channel->write("nobody there\n"); });
    this->world_.settle();
    EXPECT_EQ(heard.closed, 1);
}

TYPED_TEST_P(GuestChannelContract, IsSilentAfterClosing) {
    typename TestFixture::Heard heard;
    const auto channel = this->open();
    this->call([&] { channel->listen(this->into(heard)); });
    this->call([&] {
        channel->write("never heard\n");
        channel->close();
        channel->close();
        channel->write("neither\n");
    });
    this->world_.settle();
    EXPECT_EQ(heard.bytes, "");
    EXPECT_EQ(heard.closed, 0);
}

TYPED_TEST_P(GuestChannelContract, MayBeDestroyedWithBytesOnTheirWay) {
    typename TestFixture::Heard heard;
    auto channel = this->open();
    this->call([&] { channel->listen(this->into(heard)); });
    this->call([&] {
        channel->write("lost\n");
        channel.reset();
    });
    this->world_.settle();
    EXPECT_EQ(heard.bytes, "");
    EXPECT_EQ(heard.closed, 0);
}

TYPED_TEST_P(GuestChannelContract, MayBeOpenedAgain) {
    { const auto first = this->open(); }
    this->world_.settle();
    typename TestFixture::Heard heard;
    const auto second = this->open();
    this->call([&] { second->listen(this->into(heard)); });
    this->call([&] { second->write("again\n"); });
    // A console may still hold what the first reader left behind.
    EXPECT_TRUE(this->world_.run_until([&] { return heard.bytes.ends_with("again\n"); }));
}

REGISTER_TYPED_TEST_SUITE_P(GuestChannelContract, CarriesBytesBothWaysInOrder, CarriesMoreThanAnyBufferHolds,
                            KeepsWhatArrivesBeforeListening, TellsOnceThatTheOtherSideIsGone, IsSilentAfterClosing,
                            MayBeDestroyedWithBytesOnTheirWay, MayBeOpenedAgain);

} // namespace testudo::agents
