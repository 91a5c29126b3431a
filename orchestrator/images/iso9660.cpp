#include "orchestrator/images/iso9660.hpp"

#include <algorithm>
#include <cstdint>

namespace testudo::images {
namespace {

constexpr std::size_t sector = 2048;
// Sectors 0 to 15 are the system's; then two descriptors, two path tables, the root directory, and the files.
constexpr std::uint32_t path_table_little = 18;
constexpr std::uint32_t path_table_big = 19;
constexpr std::uint32_t root_directory = 20;
constexpr std::uint32_t first_file = 21;

void little(std::string& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        out += static_cast<char>(value >> (8 * i) & 0xff);
}

void big(std::string& out, std::uint32_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i)
        out += static_cast<char>(value >> (8 * i) & 0xff);
}

void both(std::string& out, std::uint32_t value, int bytes) {
    little(out, value, bytes);
    big(out, value, bytes);
}

void padded(std::string& out, const std::string& text, std::size_t width) {
    out += text.substr(0, width) + std::string(width - std::min(width, text.size()), ' ');
}

// ECMA-119 9.1
std::string record(const std::string& name, std::uint32_t where, std::uint32_t size, bool directory) {
    std::string body(1, '\0'); // no extended attributes
    both(body, where, 4);
    both(body, size, 4);
    body += {100, 1, 1, 0, 0, 0, 0}; // the same day for all: 1 January 2000
    body += static_cast<char>(directory ? 2 : 0);
    body += std::string(2, '\0'); // not interleaved
    both(body, 1, 2);
    body += static_cast<char>(name.size());
    body += name;
    if (name.size() % 2 == 0)
        body += '\0';
    return static_cast<char>(body.size() + 1) + body;
}

// ECMA-119 9.4
std::string path_table(bool big_endian) {
    std::string out{1, 0};
    (big_endian ? big : little)(out, root_directory, 4);
    (big_endian ? big : little)(out, 1, 2);
    return out + std::string(2, '\0');
}

std::string never() {
    return std::string(16, '0') + '\0'; // ECMA-119 8.4.26.1: no date
}

// ECMA-119 8.4
std::string primary_descriptor(const std::string& label, std::uint32_t sectors) {
    std::string out = "\1CD001\1" + std::string(1, '\0');
    padded(out, "", 32);
    padded(out, label, 32);
    out += std::string(8, '\0');
    both(out, sectors, 4);
    out += std::string(32, '\0');
    both(out, 1, 2);
    both(out, 1, 2);
    both(out, sector, 2);
    both(out, static_cast<std::uint32_t>(path_table(false).size()), 4);
    little(out, path_table_little, 4);
    little(out, 0, 4);
    big(out, path_table_big, 4);
    big(out, 0, 4);
    out += record(std::string(1, '\0'), root_directory, sector, true);
    padded(out, "", 128 * 4 + 37 * 3);
    out += never() + never() + never() + never() + '\1';
    return out;
}

void to_sector(std::string& out, std::uint32_t number) {
    out.resize(number * sector, '\0');
}

} // namespace

std::string iso9660(const std::string& label, std::vector<std::pair<std::string, std::string>> files) {
    for (auto& [name, text] : files) {
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
        name += name.find('.') == std::string::npos ? ".;1" : ";1";
    }
    std::sort(files.begin(), files.end());
    std::string directory = record(std::string(1, '\0'), root_directory, sector, true) +
                            record(std::string(1, '\1'), root_directory, sector, true);
    std::uint32_t next = first_file;
    for (const auto& [name, text] : files) {
        directory += record(name, next, static_cast<std::uint32_t>(text.size()), false);
        next += static_cast<std::uint32_t>((text.size() + sector - 1) / sector);
    }
    std::string out;
    to_sector(out, 16);
    out += primary_descriptor(label, next);
    to_sector(out, 17);
    out += "\xff" + std::string("CD001\1");
    to_sector(out, path_table_little);
    out += path_table(false);
    to_sector(out, path_table_big);
    out += path_table(true);
    to_sector(out, root_directory);
    out += directory;
    next = first_file;
    for (const auto& [name, text] : files) {
        to_sector(out, next);
        out += text;
        next += static_cast<std::uint32_t>((text.size() + sector - 1) / sector);
    }
    to_sector(out, next);
    return out;
}

} // namespace testudo::images
