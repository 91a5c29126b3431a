#include "orchestrator/plan/nations.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace testudo::plan {
namespace {

constexpr std::string_view codes = "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN "
                                   "BES BFA BGD BGR BHR BHS BIH BLM BLR "
                                   "BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK "
                                   "COL COM CPV CRI CUB CUW CXR CYM CYP "
                                   "CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM "
                                   "GAB GBR GEO GGY GHA GIB GIN GLP GMB "
                                   "GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL "
                                   "IRN IRQ ISL ISR ITA JAM JEY JOR JPN "
                                   "KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC "
                                   "MAF MAR MCO MDA MDG MDV MEX MHL MKD "
                                   "MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC "
                                   "NIU NLD NOR NPL NRU NZL OMN PAK PAN "
                                   "PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN "
                                   "SGP SGS SHN SJM SLB SLE SLV SMR SOM "
                                   "SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS "
                                   "TON TTO TUN TUR TUV TWN TZA UGA UKR "
                                   "UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE ";

} // namespace

bool is_nation(std::string_view code) {
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (code.size() != 3 || !std::all_of(code.begin(), code.end(), capital))
        return false;
    return code.front() == 'X' || codes.find(std::string(code) + " ") % 4 == 0;
}

std::string alias_of(std::string_view code) {
    if (code == "FYR")
        return "MKD";
    if (code == "BLG")
        return "BGR";
    return code == "ROM" ? "ROU" : "";
}

std::string meant_nation(std::string_view code) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> mistaken{{{"GER", "DEU"},
                                                                                            {"DEN", "DNK"},
                                                                                            {"SUI", "CHE"},
                                                                                            {"NED", "NLD"},
                                                                                            {"POR", "PRT"},
                                                                                            {"GRE", "GRC"},
                                                                                            {"UK", "GBR"}}};
    for (const auto& [wrong, right] : mistaken)
        if (code == wrong)
            return std::string(right);
    return "";
}

} // namespace testudo::plan
