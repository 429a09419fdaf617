package validate

import "testing"

func TestHTTPURL(t *testing.T) {
	bad := func(complaint string) string {
		return "url_parsing [] Input should be a valid URL, " + complaint + ` {"error":"` + complaint + `"}`
	}
	const scheme = `url_scheme [] URL scheme should be 'http' or 'https' {"expected_schemes":"'http' or 'https'"}`
	run(t, HTTPURL(), []ruleCase{
		{`"HTTPS://EXAMPLE.com"`, `"https://example.com/"`},
		{`" https://exämple.com/päth?q=ü z "`, `"https://xn--exmple-cua.com/p%C3%A4th?q=%C3%BC%20z"`},
		{`"https://user:pw@example.com:8443/a b"`, `"https://user:pw@example.com:8443/a%20b"`},
		{`"http://a@b@x.com:0080/./a/%2e%2E/b/.."`, `"http://a%40b@x.com/"`},
		{`"http:\\\\x.com\\{a}?{b}'#{c}` + "`" + `"`, `"http://x.com/%7Ba%7D?{b}%27#{c}%60"`},
		{`"http://0x7f.1"`, `"http://127.0.0.1/"`},
		{`"http://[::ffff:1.2.3.4]"`, `"http://[::ffff:102:304]/"`},
		{`"ftp://example.com"`, scheme},
		{`"javascript:alert(1)"`, scheme},
		{`"mailto:a@b"`, scheme},
		{`""`, bad("input is empty")},
		{`"/relative"`, bad("relative URL without a base")},
		{`"1http://x"`, bad("relative URL without a base")},
		{`"https://"`, bad("empty host")},
		{`"http://:80"`, bad("empty host")},
		{`"foo://@"`, bad("empty host")},
		{`"http://x:99999"`, bad("invalid port number")},
		{`"http://a b"`, bad("invalid international domain name")},
		{`"http://1.2.3.4.5"`, bad("invalid IPv4 address")},
		{`"http://[1:2]"`, bad("invalid IPv6 address")},
		{`"foo://a b"`, bad("invalid domain character")},
		{`5`, "url_type [] URL input should be a string or URL"},
	})
}

func TestEmail(t *testing.T) {
	refusal := func(domain string) string {
		if domain == "nowhere.com" {
			return "The domain name nowhere.com does not exist."
		}
		return ""
	}
	bad := func(reason string) string {
		return "value_error [] value is not a valid email address: " + reason + ` {"reason":"` + reason + `"}`
	}
	run(t, Email(refusal), []ruleCase{
		{`"Jane.Doe@EXAMPLE.com"`, `"Jane.Doe@example.com"`},
		{`"Jane <jane@example.com>"`, `"jane@example.com"`},
		{`"\"Jane, D\" <jane@example.com> "`, `"jane@example.com"`},
		{`" jane@example.com\n"`, `"jane@example.com"`},
		{`"jäne@xn--exmple-cua.com"`, `"jäne@exämple.com"`},
		{`"INFO@example.com"`, `"info@example.com"`},
		{`"x@nowhere.com"`, `value_error [] x@nowhere.com is not a valid email address: The domain name nowhere.com does not exist. ` +
			`{"email":"x@nowhere.com","reason":"The domain name nowhere.com does not exist."}`},
		{`""`, bad("An email address must have an @-sign.")},
		{`"foo@"`, bad("There must be something after the @-sign.")},
		{`"@foo.com"`, bad("There must be something before the @-sign.")},
		{`"a@b"`, bad("The part after the @-sign is not valid. It should have a period.")},
		{`"a@b@example.com"`, bad("The part after the @-sign contains invalid characters: '@'.")},
		{`"a@b.com ,c@d.com"`, bad("The part after the @-sign contains invalid characters: ',', '@', SPACE.")},
		{`"a b@example.com"`, bad("The email address contains invalid characters before the @-sign: SPACE.")},
		{`"a\u0000@example.com"`, bad("The email address contains invalid characters before the @-sign: U+0000.")},
		{`"a\u200b@example.com"`, bad("The email address contains unsafe characters: ZERO WIDTH SPACE.")},
		{`"a@example..com"`, bad("An email address cannot have two periods in a row.")},
		{`"a.@example.com"`, bad("An email address cannot have a period immediately before the @-sign.")},
		{`"a@-b.com"`, bad("An email address cannot have a hyphen immediately after the @-sign.")},
		{`"a@1.2.3.4"`, bad("The part after the @-sign is not valid. It is not within a valid top-level domain.")},
		{`"a@foo.test"`, bad("The part after the @-sign is a special-use or reserved name that cannot be used with email.")},
		{`"a@[1.2.3.4]"`, bad("A bracketed IP address after the @-sign is not allowed here.")},
		{`"a@ab--c.com"`, bad("An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode.")},
		{`"Jane <jane>"`, bad("An email address must have an @-sign.")},
		{`5`, "string_type [] Input should be a valid string"},
	})
}
