#include "agents/probes/modbus_message.hpp"
#include "agents/probes/probe_kinds.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;

constexpr std::uint16_t transaction = 1;

class ModbusProbe final : public Conversation {
  public:
    ModbusProbe(asio::io_context& io, ProbeRequest request, ProbeDone done)
        : Conversation(io, std::move(request), std::move(done), longest_modbus_answer),
          unit_(static_cast<std::uint8_t>(int_or(request_.params, "unit", 1))) {}

  private:
    void opened() override {
        send(modbus_read(transaction, unit_, static_cast<std::uint16_t>(int_or(request_.params, "register"))));
    }

    void received() override {
        const auto answer = modbus_answer(buffer(), transaction, unit_, modbus_read_registers);
        if (answer.state == ModbusAnswer::State::incomplete)
            return;
        if (answer.state == ModbusAnswer::State::broken)
            return finish(ProbeOutcome::wrong, "not an answer to the request");
        if (answer.state == ModbusAnswer::State::refused)
            return finish(ProbeOutcome::fail, "exception " + std::to_string(answer.value));
        const auto value = static_cast<std::int64_t>(answer.value);
        const auto lowest = int_or(request_.params, "min", 0);
        const auto highest = int_or(request_.params, "max", 65535);
        if (value != int_or(request_.params, "expect", value))
            finish(ProbeOutcome::wrong, "register holds " + std::to_string(value) + " instead of " +
                                            std::to_string(int_or(request_.params, "expect")));
        else if (value < lowest || value > highest)
            finish(ProbeOutcome::wrong, "register holds " + std::to_string(value) + ", which is outside " +
                                            std::to_string(lowest) + " to " + std::to_string(highest));
        else
            pass();
    }

    std::uint8_t unit_;
};

} // namespace

MadeProbe make_modbus_probe(asio::io_context& io, ProbeRequest request, ProbeDone done) {
    const auto reg = int_or(request.params, "register", -1);
    if (reg < 0 || reg > 65535)
        return fail("refused.params", "register", "a register is from 0 to 65535");
    const auto unit = int_or(request.params, "unit", 1);
    if (unit < 0 || unit > 255)
        return fail("refused.params", "unit", "a unit is from 0 to 255");
    return std::make_shared<ModbusProbe>(io, std::move(request), std::move(done));
}

} // namespace testudo::agents
