#include "cli/doctor/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::cli::doctor {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string told_of(CertificateFact fact) {
  Facts facts;
  facts.certificate = std::move(fact);
  return as_text(findings(facts));
}

TEST(DoctorReport, TellsHowLongTheCertificateIsGood) {
  const CertificateFact fine{"/c.pem", "CN = hearth.lan", 1'800'000'000, 90, ""};
  EXPECT_THAT(told_of(fine), HasSubstr("ok       tls      /c.pem, CN = hearth.lan, expires in 90"));
  CertificateFact soon = fine;
  soon.days_left = 3;
  EXPECT_THAT(told_of(soon), HasSubstr("note     tls      /c.pem, CN = hearth.lan, expires in 3"));
  CertificateFact late = fine;
  late.days_left = -1;
  EXPECT_THAT(told_of(late), HasSubstr("has expired"));
  EXPECT_THAT(told_of({.path = "/c.pem", .problem = "it is no certificate"}),
              HasSubstr("missing  tls      it is no certificate"));
  EXPECT_THAT(as_text(findings(Facts{})), Not(HasSubstr("tls")));
}

TEST(DoctorReport, WritesTheCertificateAsJson) {
  Facts facts;
  EXPECT_THAT(as_json(facts, {}), HasSubstr(R"("certificate":null)"));
  facts.certificate = CertificateFact{"/c.pem", "CN = hearth.lan", 1'800'000'000, 90, ""};
  EXPECT_THAT(as_json(facts, {}),
              HasSubstr(R"("certificate":{"path":"/c.pem","subject":"CN = hearth.lan",)"
                        R"("expires":1800000000,"problem":""})"));
}

}  // namespace
}  // namespace hearth::cli::doctor
