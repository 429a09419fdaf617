package taxid

import "testing"

func TestValidate(t *testing.T) {
	for _, tc := range []struct{ number, country, want, kind string }{
		{" fr 61 954 506 077 ", "FR", "FR61954506077", "eu_vat"},
		{"FR61954506077", "DE", "FR61954506077", "eu_vat"},
		{"61954506077", "FR", "", ""}, // needs its prefix
		{"FR62954506077", "FR", "", ""},
		{"DE136695976", "DE", "DE136695976", "eu_vat"},
		{"DE136695977", "DE", "", ""},
		{"ATU13585627", "AT", "ATU13585627", "eu_vat"},
		{"BE 428759497", "BE", "BE0428759497", "eu_vat"},
		{"BG175074752", "BG", "BG175074752", "eu_vat"},
		{"CY10259033P", "CY", "CY10259033P", "eu_vat"},
		{"CZ 25123891", "CZ", "CZ25123891", "eu_vat"},
		{"DK13585628", "DK", "DK13585628", "eu_vat"},
		{"EE100931558", "EE", "EE100931558", "eu_vat"},
		{"EL023456780", "GR", "EL023456780", "eu_vat"},
		{"GR023456780", "GR", "GR023456780", "eu_vat"},
		{"ESB58378431", "ES", "ESB58378431", "eu_vat"},
		{"ES54362315K", "ES", "ES54362315K", "eu_vat"},
		{"FI20774740", "FI", "FI20774740", "eu_vat"},
		{"HR33392005961", "HR", "HR33392005961", "eu_vat"},
		{"HU12892312", "HU", "HU12892312", "eu_vat"},
		{"IE6433435F", "IE", "IE6433435F", "eu_vat"},
		{"IE8D79739I", "IE", "IE8D79739I", "eu_vat"},
		{"IT00743110157", "IT", "IT00743110157", "eu_vat"},
		{"LT119511515", "LT", "LT119511515", "eu_vat"},
		{"LU15027442", "LU", "LU15027442", "eu_vat"},
		{"LV40003521600", "LV", "LV40003521600", "eu_vat"},
		{"MT11679112", "MT", "MT11679112", "eu_vat"},
		{"NL004495445B01", "NL", "NL004495445B01", "eu_vat"},
		{"NL123456789B90", "NL", "", ""},
		{"PL8567346215", "PL", "PL8567346215", "eu_vat"},
		{"PT501964843", "PT", "PT501964843", "eu_vat"},
		{"RO18547290", "RO", "RO18547290", "eu_vat"},
		{"SE 556188840401", "SE", "SE556188840401", "eu_vat"},
		{"SI50223054", "SI", "SI50223054", "eu_vat"},
		{"SK2022749619", "SK", "SK2022749619", "eu_vat"},
		{"12-3456789", "US", "123456789", "us_ein"},
		{"12-345678", "US", "", ""},
		{"FR61954506077", "US", "", ""},
		{"GB 980 7806 84", "GB", "980780684", "gb_vat"},
		{"802311781", "GB", "", ""},
		{"51 824 753 556", "AU", "51824753556", "au_abn"},
		{"123026635RC0001", "CA", "123026635RC0001", "ca_gst_hst"},
		{"123026635", "CA", "123026635", "ca_bn"},
		{"CHE-100.155.212", "CH", "CHE100155212", "ch_uid"},
		{"CHE-107.787.577 IVA", "CH", "CHE107787577IVA", "ch_vat"},
		{"16.727.230/0001-97", "BR", "16727230000197", "br_cnpj"},
		{"390.533.447-05", "BR", "39053344705", "br_cpf"},
		{"27AAPFU0939F1ZV", "IN", "27AAPFU0939F1ZV", "in_gst"},
		{"NO 995 525 828 MVA", "NO", "995525828MVA", "no_vat"},
		{"5835678256246", "JP", "5835678256246", "jp_cn"},
		{"", "FR", "", ""},
		{"123", "XX", "", ""},
	} {
		got, kind, ok := Validate(tc.number, tc.country)
		if ok != (tc.want != "") || ok && (got != tc.want || kind != tc.kind) {
			t.Errorf("%q in %s: %q, %q, %t; want %q, %q", tc.number, tc.country, got, kind, ok, tc.want, tc.kind)
		}
	}
}

func FuzzValidate(f *testing.F) {
	f.Add("FR61954506077", "FR")
	f.Add("CHE100155212", "CH")
	f.Fuzz(func(_ *testing.T, number, country string) { Validate(number, country) })
}
