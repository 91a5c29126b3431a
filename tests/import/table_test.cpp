#include <gtest/gtest.h>
#include <zlib.h>

#include "orchestrator/import/cell_format.hpp"
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

struct Member {
    std::string name;
    std::string data;
    std::uint32_t method = 0;
    std::uint32_t says = 0; // how large it is unpacked, which may be a lie
};

std::string archive(const std::vector<Member>& members) {
    std::string out;
    std::string directory;
    for (const auto& [name, data, method, says] : members) {
        const auto at = static_cast<std::uint32_t>(out.size());
        const auto put_both = [&](std::uint32_t value, int size) {
            put(out, value, size);
            put(directory, value, size);
        };
        put(out, 0x04034B50U, 4);
        put(directory, 0x02014B50U, 4);
        put(directory, 20, 2);
        for (const auto& [value, size] : {std::pair(20U, 2), {0U, 2}, {method, 2}, {0U, 2}, {0U, 2}, {0U, 4}})
            put_both(value, size);
        put_both(static_cast<std::uint32_t>(data.size()), 4);
        put_both(says, 4);
        put_both(static_cast<std::uint32_t>(name.size()), 2);
        put_both(0, 2);
        out += name + data;
        for (const auto& [value, size] : {std::pair(0U, 2), {0U, 2}, {0U, 2}, {0U, 4}, {at, 4}})
            put(directory, value, size);
        directory += name;
    }
    const auto begin = static_cast<std::uint32_t>(out.size());
    const auto count = static_cast<std::uint32_t>(members.size());
    out += directory;
    put(out, 0x06054B50U, 4);
    for (const auto& [value, size] : {std::pair(0U, 2), {0U, 2}, {count, 2}, {count, 2}})
        put(out, value, size);
    put(out, static_cast<std::uint32_t>(directory.size()), 4);
    put(out, begin, 4);
    put(out, 0, 2);
    return out;
}

bool all(const std::string&) {
    return true;
}

TEST(Zip, gives_stored_and_packed_files) {
    for (const std::uint32_t method : {0U, 8U}) {
        const auto files = unzip(archive({{"a.xml", method == 0 ? "hello" : deflated("hello"), method, 5}}), &all, 100);
        ASSERT_TRUE(files) << files.error().text();
        EXPECT_EQ(files->at("a.xml"), "hello");
    }
}

TEST(Zip, believes_no_size) {
    const auto bomb = archive({{"a.xml", deflated(std::string(3U << 20U, 'a')), 8, 10}});
    const auto files = unzip(bomb, &all, 1U << 20U);
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, "zip.large");
}

TEST(Zip, survives_any_damage) {
    const auto good = archive({{"a.xml", deflated("hello, hello, hello"), 8, 19}});
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
    for (const auto& text :
         {std::string("PK"), archive({{"a.txt", "x", 0, 1}}), archive({{"xl/workbook.xml", "<a", 0, 2}})}) {
        Diagnostics out;
        EXPECT_TRUE(read_xlsx(std::make_shared<const SourceFile>(SourceFile{"a.xlsx", text}), out).empty());
        ASSERT_FALSE(out.empty());
        EXPECT_EQ(out.front().code, "T1304");
    }
}

// As programs write workbooks that calculate nothing themselves.
TEST(Xlsx, tells_of_formulas_without_a_result) {
    std::vector<Member> members{
        {"xl/workbook.xml", R"(<w xmlns:r="r"><sheets><sheet name="A" state="veryHidden" r:id="r1"/></sheets></w>)"},
        {"xl/_rels/workbook.xml.rels", R"(<R><R Id="r1" Type="x/worksheet" Target="/xl/worksheets/a.xml"/></R>)"},
        {"xl/worksheets/a.xml", R"(<w><sheetData><row r="2"><c r="B2"><f>A1+1</f></c><c t="str"><f>""</f><v/></c>)"
                                R"(<c t="b"><v>1</v></c><c><v>0.30000000000000004</v></c></row></sheetData></w>)"}};
    for (auto& member : members)
        member.says = static_cast<std::uint32_t>(member.data.size());
    Diagnostics out;
    const auto tables = read_xlsx(std::make_shared<const SourceFile>(SourceFile{"a.xlsx", archive(members)}), out);
    ASSERT_EQ(tables.size(), 1U);
    EXPECT_TRUE(tables[0].hidden);
    ASSERT_EQ(tables[0].rows.size(), 2U);
    std::vector<std::string> texts;
    for (const auto& cell : tables[0].rows[1])
        texts.push_back(cell.text);
    EXPECT_EQ(texts, (std::vector<std::string>{"", "=A1+1", "", "TRUE", "0.3"}));
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(out[0].code, std::string("T1316"));
    EXPECT_EQ(position_of(out[0].span).line, 2);
}

TEST(CellFormats, show_numbers_as_people_read_them) {
    struct Shows {
        const char* code;
        const char* value;
        const char* text;
    };
    for (const auto& [code, value, text] : {
             Shows{"General", "1.1000000000000001", "1.1"},
             Shows{"General", "12", "12"},
             Shows{"0.00", "1.5", "1.5"},
             Shows{"[Red]0;[Blue]0", "-4", "-4"},
             Shows{R"("INJ-"000)", "7", "INJ-007"},
             Shows{R"("T+"0" min")", "90", "T+90 min"},
             Shows{"(000) 000-0000", "5551234567", "5551234567"},
             Shows{R"(dd\.mm\.yyyy\ hh:mm)", "46153.375", "2026-05-11 09:00"},
             Shows{"[$-409]d-mmm-yy", "46153", "2026-05-11"},
             Shows{"d/m/y h:mm", "46153.999999", "2026-05-12"},
             Shows{"hh:mm AM/PM", "0.875", "21:00"},
             Shows{R"(hh:mm" Z")", "0.385763888888889", "09:15:30 Z"},
             Shows{"h:mm", "46153.5", "2026-05-11 12:00"},
             Shows{"[h]:mm:ss", "1.10416666666667", "26h 30min"},
             Shows{R"("T+"[h]:mm)", "0.0104166666666667", "T+0h 15min"},
             Shows{"h:mm", "-1", "-1"},
             Shows{"h:mm", "soon", "soon"},
             Shows{"\"", "3", "3"},
             Shows{"[", "3", "3"},
         })
        EXPECT_EQ(shown(parse_cell_format(code), value, false), text) << code << " of " << value;
    EXPECT_EQ(shown(parse_cell_format("d/m/y"), "44691", true), "2026-05-11");
}

} // namespace
} // namespace testudo::import_
