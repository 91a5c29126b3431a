#include "agents/actions/action_kinds.hpp"
#include "agents/actions/target.hpp"
#include "agents/probes/modbus_message.hpp"

namespace testudo::agents {
namespace {

constexpr std::uint16_t transaction = 1;
constexpr std::int64_t modbus_port = 502;
constexpr Millis patience{5'000};

struct Register {
    std::uint8_t unit;
    std::uint16_t number;
    std::uint16_t value;
};

Result<Register> register_of(const ActionRequest& request) {
    const auto unit = int_or(request.params, "unit", 1);
    const auto number = int_or(request.params, "register", -1);
    const auto value = int_or(request.params, "value", -1);
    if (unit < 0 || unit > 255 || number < 0 || number > 65535 || value < 0 || value > 65535)
        return fail("refused.params", "register", "a register and its value are from 0 to 65535, a unit to 255");
    return Register{static_cast<std::uint8_t>(unit), static_cast<std::uint16_t>(number),
                    static_cast<std::uint16_t>(value)};
}

auto until_complete(std::uint8_t unit, std::uint8_t function) {
    return [=](const std::string& bytes) {
        return modbus_answer(bytes, transaction, unit, function).state != ModbusAnswer::State::incomplete;
    };
}

class WriteRegister final : public Action {
  public:
    explicit WriteRegister(Surroundings& surroundings) : surroundings_(surroundings) {}

    void run(const ActionRequest& request, ActionDone done) override {
        const auto reg = register_of(request);
        const auto port = port_of(request, modbus_port);
        const auto address = target_of(request, surroundings_.reach);
        if (!reg || !port || !address)
            return done(tl::unexpected(!reg ? reg.error() : !port ? port.error() : address.error()));
        const auto what = "register " + std::to_string(reg->number) + " at " + address->to_string();
        std::make_shared<Connection>(surroundings_.io)
            ->exchange(
                *address, *port, modbus_write(transaction, reg->unit, reg->number, reg->value), patience,
                until_complete(reg->unit, modbus_write_register),
                [=, reg = *reg, done = std::move(done)](const Result<std::string>& bytes) {
                    const auto detail = "one Modbus write of " + std::to_string(reg.value) + " to " + what;
                    if (!bytes)
                        return done(ActionResult{false, bytes.error().message, detail});
                    const auto answer = modbus_answer(*bytes, transaction, reg.unit, modbus_write_register);
                    if (answer.state == ModbusAnswer::State::refused)
                        return done(ActionResult{
                            false, "the device answered with exception " + std::to_string(answer.value), detail});
                    const bool ok = answer.state == ModbusAnswer::State::good && answer.value == reg.value;
                    done(ActionResult{ok, ok ? what + " was set to " + std::to_string(reg.value) : "no valid answer",
                                      detail});
                });
    }

    void inspect(const ActionRequest& request, InspectDone done) override {
        const auto reg = register_of(request);
        const auto port = port_of(request, modbus_port);
        if (!reg || !port)
            return done(tl::unexpected(!reg ? reg.error() : port.error()));
        // On the device itself, so that a firewall between it and the world does not hide what it holds.
        std::make_shared<Connection>(surroundings_.io)
            ->exchange(boost::asio::ip::address_v4::loopback(), *port, modbus_read(transaction, reg->unit, reg->number),
                       patience, until_complete(reg->unit, modbus_read_registers),
                       [reg = *reg, done = std::move(done)](const Result<std::string>& bytes) {
                           const auto answer =
                               modbus_answer(bytes.value_or(""), transaction, reg.unit, modbus_read_registers);
                           if (answer.state != ModbusAnswer::State::good)
                               return done(Inspection{false, "the device does not answer on this machine"});
                           done(Inspection{answer.value == reg.value, "register " + std::to_string(reg.number) +
                                                                          " holds " + std::to_string(answer.value)});
                       });
    }

  private:
    Surroundings& surroundings_;
};

} // namespace

std::unique_ptr<Action> make_write_register(Surroundings& surroundings) {
    return std::make_unique<WriteRegister>(surroundings);
}

} // namespace testudo::agents
