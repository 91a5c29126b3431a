#include "agents/actions/action_kinds.hpp"
#include "agents/actions/target.hpp"

namespace testudo::agents {
namespace {

// Calls home a few times: a connection, one line that says what it is, and away.
class Calls : public std::enable_shared_from_this<Calls> {
  public:
    Calls(boost::asio::io_context& io, Address address, std::uint16_t port, std::int64_t count, Millis interval,
          ActionDone done)
        : io_(io), timer_(io), address_(std::move(address)), port_(port), count_(count), interval_(interval),
          done_(std::move(done)) {}

    void call() {
        const auto line = "testudo beacon " + std::to_string(made_ + 1) + " of " + std::to_string(count_) + "\n";
        std::make_shared<Connection>(io_)->exchange(
            address_, port_, line, Millis(2'000), nullptr,
            [keep = shared_from_this()](const Result<std::string>& sent) { keep->next(sent.has_value()); });
    }

  private:
    void next(bool answered) {
        answered_ += answered ? 1 : 0;
        if (++made_ == count_) {
            const auto where = address_.to_string() + " port " + std::to_string(port_);
            return done_(ActionResult{
                answered_ > 0, std::to_string(answered_) + " of " + std::to_string(count_) + " calls reached " + where,
                "connected " + std::to_string(count_) + " times to " + where + ", sent one line each and closed"});
        }
        timer_.expires_after(interval_);
        timer_.async_wait([keep = shared_from_this()](const boost::system::error_code& ec) {
            if (!ec)
                keep->call();
        });
    }

    boost::asio::io_context& io_;
    boost::asio::steady_timer timer_;
    Address address_;
    std::uint16_t port_;
    std::int64_t count_;
    Millis interval_;
    ActionDone done_;
    std::int64_t made_ = 0;
    std::int64_t answered_ = 0;
};

class Beacon final : public Action {
  public:
    explicit Beacon(Surroundings& surroundings) : surroundings_(surroundings) {}

    void run(const ActionRequest& request, ActionDone done) override {
        const auto address = target_of(request, surroundings_.reach);
        const auto port = port_of(request);
        const auto count = int_or(request.params, "count", 1);
        const auto interval = int_or(request.params, "interval_ms", 1000);
        if (!address || !port)
            return done(tl::unexpected(!address ? address.error() : port.error()));
        if (count < 1 || count > 100 || interval < 10 || count * interval > 600'000)
            return done(fail("refused.params", "count", "at most 100 calls, 10 ms or more apart, within 10 minutes"));
        std::make_shared<Calls>(surroundings_.io, *address, *port, count, Millis(interval), std::move(done))->call();
    }

  private:
    Surroundings& surroundings_;
};

} // namespace

std::unique_ptr<Action> make_beacon(Surroundings& surroundings) {
    return std::make_unique<Beacon>(surroundings);
}

} // namespace testudo::agents
