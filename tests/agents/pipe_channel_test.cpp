#include "agents/protocol/pipe_channel.hpp"

#include "tests/contract/guest_channel_contract.hpp"

namespace testudo::agents {
namespace {

class PipeWorld {
  public:
    OpenGuestChannel open() {
        return [this](auto done) {
            loop_.post([this, done = std::move(done)] {
                auto [near, far] = pipe_channels(loop_);
                far_ = std::move(far);
                far_->listen({[this](std::string_view bytes) { far_->write(bytes); }, [](const Error&) {}});
                done(std::move(near));
            });
        };
    }
    void break_off() { far_.reset(); }
    bool run_until(const std::function<bool()>& holds) {
        loop_.drain();
        return holds();
    }
    void settle() { loop_.drain(); }

  private:
    VirtualLoop loop_;
    std::unique_ptr<GuestChannel> far_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Pipe, GuestChannelContract, PipeWorld);

} // namespace
} // namespace testudo::agents
