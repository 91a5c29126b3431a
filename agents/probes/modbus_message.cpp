#include "agents/probes/modbus_message.hpp"

namespace testudo::agents {
namespace {

constexpr std::size_t header = 7; // transaction, protocol, length, unit

unsigned u16(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) << 8 |
           static_cast<unsigned char>(bytes[at + 1]);
}

void put16(std::string& out, unsigned value) {
    out += static_cast<char>(value >> 8 & 0xff);
    out += static_cast<char>(value & 0xff);
}

std::string request(unsigned transaction, std::uint8_t unit, std::uint8_t function, unsigned first, unsigned second) {
    std::string out;
    put16(out, transaction);
    put16(out, 0);
    put16(out, 6); // bytes that follow
    out += static_cast<char>(unit);
    out += static_cast<char>(function);
    put16(out, first);
    put16(out, second);
    return out;
}

} // namespace

std::string modbus_read(std::uint16_t transaction, std::uint8_t unit, std::uint16_t reg) {
    return request(transaction, unit, modbus_read_registers, reg, 1);
}

std::string modbus_write(std::uint16_t transaction, std::uint8_t unit, std::uint16_t reg, std::uint16_t value) {
    return request(transaction, unit, modbus_write_register, reg, value);
}

ModbusAnswer modbus_answer(std::string_view bytes, std::uint16_t transaction, std::uint8_t unit,
                           std::uint8_t function) {
    using State = ModbusAnswer::State;
    if (bytes.size() < header + 2)
        return {};
    const auto length = u16(bytes, 4);
    if (u16(bytes, 0) != transaction || u16(bytes, 2) != 0 || length < 3 || length > longest_modbus_answer ||
        static_cast<unsigned char>(bytes[6]) != unit)
        return {State::broken, 0};
    if (bytes.size() < header - 1 + length)
        return {};
    const auto answered = static_cast<unsigned char>(bytes[7]);
    if (answered == (function | 0x80))
        return {State::refused, static_cast<unsigned char>(bytes[8])};
    if (answered != function)
        return {State::broken, 0};
    if (function == modbus_write_register) // the request comes back
        return length == 6 ? ModbusAnswer{State::good, u16(bytes, 10)} : ModbusAnswer{State::broken, 0};
    if (length != 5 || bytes[8] != 2)
        return {State::broken, 0};
    return {State::good, u16(bytes, 9)};
}

} // namespace testudo::agents
