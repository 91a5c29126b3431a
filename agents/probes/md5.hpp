#pragma once
#include <string>
#include <string_view>

namespace testudo::agents {

// MD5 (RFC 1321) as 32 lower-case hex digits. Only for PostgreSQL's old sign-in, which asks for it.
std::string md5_hex(std::string_view bytes);

} // namespace testudo::agents
