#include "agents/probes/dns_message.hpp"

#include <gtest/gtest.h>
#include <random>

namespace testudo::agents {
namespace {

std::string u16(unsigned v) {
    return {static_cast<char>(v >> 8), static_cast<char>(v & 0xff)};
}

std::string record(const std::string& name, unsigned type, const std::string& data) {
    return name + u16(type) + u16(1) + std::string(4, '\0') + u16(static_cast<unsigned>(data.size())) + data;
}

// An answer to the question for `name`, with these records.
std::string answer(const std::string& name, DnsType type, const std::vector<std::string>& records,
                   unsigned flags = 0x8180) {
    auto packet = encode_dns_question(7, name, type).value();
    packet.replace(2, 2, u16(flags));
    packet.replace(6, 2, u16(static_cast<unsigned>(records.size())));
    for (const auto& r : records)
        packet += r;
    return packet;
}

const std::string pointer("\xc0\x0c", 2); // to the name in the question

std::vector<std::string> records_of(DnsType type, const std::vector<std::string>& records) {
    const auto decoded = decode_dns_answer(answer("harbour.example", type, records), 7, "Harbour.Example.", type);
    return decoded ? decoded->records : std::vector<std::string>{"malformed"};
}

using Texts = std::vector<std::string>;

TEST(DnsMessage, ReadsRecordsOfAllKinds) {
    EXPECT_EQ(records_of(DnsType::a, {record(pointer, 1, "\xc6\x12\x0b\x50")}), Texts{"198.18.11.80"});
    EXPECT_EQ(records_of(DnsType::aaaa,
                         {record(pointer, 28, std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + "\x01")}),
              Texts{"2001:db8::1"});
    EXPECT_EQ(records_of(DnsType::mx, {record(pointer, 15,
                                              u16(10) +
                                                  "\x04"
                                                  "MAIL" +
                                                  pointer)}),
              Texts{"10 mail.harbour.example"});
    EXPECT_EQ(records_of(DnsType::ns, {record(pointer, 2, std::string("\x02ns\x00", 4))}), Texts{"ns"});
    EXPECT_EQ(records_of(DnsType::txt, {record(pointer, 16, "\x03one\x03two")}), Texts{"onetwo"});
}

TEST(DnsMessage, PassesOverRecordsOfOtherTypes) {
    EXPECT_EQ(records_of(DnsType::a, {record(pointer, 5, pointer), record(pointer, 1, "\xc6\x12\x01\x01")}),
              Texts{"198.18.1.1"});
}

TEST(DnsMessage, AnswersToOtherQuestionsAreNone) {
    const auto good = answer("harbour.example", DnsType::a, {});
    EXPECT_TRUE(decode_dns_answer(good, 7, "harbour.example", DnsType::a));
    EXPECT_FALSE(decode_dns_answer(good, 8, "harbour.example", DnsType::a));
    EXPECT_FALSE(decode_dns_answer(good, 7, "port.example", DnsType::a));
    EXPECT_FALSE(decode_dns_answer(good, 7, "harbour.example", DnsType::mx));
    EXPECT_FALSE(
        decode_dns_answer(answer("harbour.example", DnsType::a, {}, 0x0100), 7, "harbour.example", DnsType::a));
}

TEST(DnsMessage, TellsErrorsAndTruncation) {
    EXPECT_EQ(decode_dns_answer(answer("x.example", DnsType::a, {}, 0x8183), 7, "x.example", DnsType::a)->rcode, 3);
    EXPECT_TRUE(decode_dns_answer(answer("x.example", DnsType::a, {}, 0x8380), 7, "x.example", DnsType::a)->truncated);
}

TEST(DnsMessage, LoopsAndLengthsThatLieAreMalformed) {
    const std::string itself("\xc0\x21", 2); // where the first record begins
    EXPECT_EQ(records_of(DnsType::a, {record(itself, 1, "\xc6\x12\x01\x01")}), Texts{"malformed"});
    auto lying = record(pointer, 1, "\xc6\x12\x01\x01");
    lying.replace(10, 2, u16(400));
    EXPECT_EQ(records_of(DnsType::a, {lying}), Texts{"malformed"});
    EXPECT_EQ(records_of(DnsType::a, {record(pointer, 1, "\x01")}), Texts{""});
    EXPECT_EQ(records_of(DnsType::mx, {record(pointer, 15, "x")}), Texts{""});
}

TEST(DnsMessage, SurvivesAnyBytes) {
    std::mt19937 random(1);
    const auto good = answer("harbour.example", DnsType::mx,
                             {record(pointer, 15,
                                     u16(10) +
                                         "\x04"
                                         "MAIL" +
                                         pointer)});
    for (int i = 0; i < 20'000; ++i) {
        auto packet = good.substr(0, random() % (good.size() + 1));
        for (unsigned k = random() % 4; k > 0 && packet.size() > 12; --k)
            packet[12 + random() % (packet.size() - 12)] = static_cast<char>(random());
        (void)decode_dns_answer(packet, 7, "harbour.example", DnsType::mx);
    }
}

TEST(DnsMessage, RefusesNamesThatAreNone) {
    EXPECT_FALSE(encode_dns_question(1, "a..b", DnsType::a));
    EXPECT_FALSE(encode_dns_question(1, std::string(64, 'x') + ".example", DnsType::a));
    EXPECT_FALSE(dns_type("ANY"));
}

} // namespace
} // namespace testudo::agents
