#pragma once
#include <cstdint>
#include <string>
#include <string_view>

// Modbus/TCP, the two functions that we speak: read one holding register, write one.
namespace testudo::agents {

inline constexpr std::uint8_t modbus_read_registers = 3;
inline constexpr std::uint8_t modbus_write_register = 6;
inline constexpr std::size_t longest_modbus_answer = 260;

std::string modbus_read(std::uint16_t transaction, std::uint8_t unit, std::uint16_t reg);
std::string modbus_write(std::uint16_t transaction, std::uint8_t unit, std::uint16_t reg, std::uint16_t value);

struct ModbusAnswer {
    enum class State { incomplete, good, refused, broken };
    State state = State::incomplete;
    unsigned value = 0; // of the register, or the exception's code
};
ModbusAnswer modbus_answer(std::string_view bytes, std::uint16_t transaction, std::uint8_t unit, std::uint8_t function);

} // namespace testudo::agents
