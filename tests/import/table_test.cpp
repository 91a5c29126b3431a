#include <gtest/gtest.h>
#include <zlib.h>

#include "orchestrator/import/table.hpp"
#include "orchestrator/import/zip.hpp"

namespace testudo::import_ {
namespace {

std::vector<std::vector<std::string>> cells(const std::string& text, Diagnostics& out) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& table : read_csv(std::make_shared<const SourceFile>(SourceFile{"a.csv", text}), out))
        for (const auto& row : table.rows) {
            rows.emplace_back();
            for (const auto& cell : row)
                rows.back().push_back(cell.text);
        }
    return rows;
}

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, is_read_as_rfc_4180_says) {
    Diagnostics out;
    EXPECT_EQ(cells("a,b\r\n\"c,\r\nd\",\"e\"\"f\"\r\n", out), (Rows{{"a", "b"}, {"c,\nd", "e\"f"}}));
    EXPECT_EQ(cells("a;b,c;d\n1;2;3", out), (Rows{{"a", "b,c", "d"}, {"1", "2", "3"}}));
    EXPECT_EQ(cells("\xEF\xBB\xBF"
                    "a\tb\n,\n",
                    out),
              (Rows{{"a", "b"}, {","}}));
    EXPECT_EQ(cells("a,\n,b\n\n", out), (Rows{{"a", ""}, {"", "b"}, {""}}));
    EXPECT_TRUE(out.empty());
    EXPECT_TRUE(cells("a\xFF,b", out).empty());
    EXPECT_EQ(out.front().code, "T0102");
}

void put(std::string& out, std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i, value >>= 8U)
        out += static_cast<char>(value & 0xFFU);
}

std::string deflated(const std::string& text) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(text.size() + 64, '\0');
    std::string in = text;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

// An archive of one file; what it says of sizes may be a lie.
std::string archive(const std::string& name, const std::string& data, std::uint32_t method, std::uint32_t says) {
    std::string out;
    put(out, 0x04034B50U, 4);
    for (const auto& [value, size] : {std::pair(20U, 2), {0U, 2}, {method, 2}, {0U, 2}, {0U, 2}, {0U, 4}})
        put(out, value, size);
    put(out, static_cast<std::uint32_t>(data.size()), 4);
    put(out, says, 4);
    put(out, static_cast<std::uint32_t>(name.size()), 2);
    put(out, 0, 2);
    out += name + data;
    const auto directory = static_cast<std::uint32_t>(out.size());
    put(out, 0x02014B50U, 4);
    for (const auto& [value, size] : {std::pair(20U, 2), {20U, 2}, {0U, 2}, {method, 2}, {0U, 2}, {0U, 2}, {0U, 4}})
        put(out, value, size);
    put(out, static_cast<std::uint32_t>(data.size()), 4);
    put(out, says, 4);
    put(out, static_cast<std::uint32_t>(name.size()), 2);
    for (const auto& [value, size] : {std::pair(0U, 2), {0U, 2}, {0U, 2}, {0U, 2}, {0U, 4}, {0U, 4}})
        put(out, value, size);
    out += name;
    const auto end = static_cast<std::uint32_t>(out.size());
    put(out, 0x06054B50U, 4);
    for (const auto& [value, size] : {std::pair(0U, 2), {0U, 2}, {1U, 2}, {1U, 2}})
        put(out, value, size);
    put(out, end - directory, 4);
    put(out, directory, 4);
    put(out, 0, 2);
    return out;
}

bool all(const std::string&) {
    return true;
}

TEST(Zip, gives_stored_and_packed_files) {
    for (const std::uint32_t method : {0U, 8U}) {
        const auto files = unzip(archive("a.xml", method == 0 ? "hello" : deflated("hello"), method, 5), &all, 100);
        ASSERT_TRUE(files) << files.error().text();
        EXPECT_EQ(files->at("a.xml"), "hello");
    }
}

TEST(Zip, believes_no_size) {
    const auto bomb = archive("a.xml", deflated(std::string(3U << 20U, 'a')), 8, 10);
    const auto files = unzip(bomb, &all, 1U << 20U);
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, "zip.large");
}

TEST(Zip, survives_any_damage) {
    const auto good = archive("a.xml", deflated("hello, hello, hello"), 8, 19);
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(unzip(good.substr(0, size), &all, 1000)) << size;
    for (std::size_t i = 0; i < good.size(); ++i)
        for (const char byte : {'\0', '\x7F', '\xFF'}) {
            auto bad = good;
            bad[i] = byte;
            (void)unzip(bad, &all, 1000);
        }
}

TEST(Xlsx, that_is_none_is_refused) {
    for (const auto& text : {std::string("PK"), archive("a.txt", "x", 0, 1), archive("xl/workbook.xml", "<a", 0, 2)}) {
        Diagnostics out;
        EXPECT_TRUE(read_xlsx(std::make_shared<const SourceFile>(SourceFile{"a.xlsx", text}), out).empty());
        ASSERT_FALSE(out.empty());
        EXPECT_EQ(out.front().code, "T1304");
    }
}

} // namespace
} // namespace testudo::import_
