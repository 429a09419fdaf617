package checkouts

import (
	"encoding/json"

	checkoutsv1 "github.com/checkoutsvc/checkoutsvc/gen/go/polar/checkouts/v1"
)

// Scalar is what metadata and custom fields can hold. The kind of a number is kept: 1 and 1.0 are different values.
type Scalar interface {
	string | bool | int | int32 | int64 | float64
}

// Metadata makes a value for the metadata or customer_metadata of a request:
//
//	Metadata: map[string]*checkoutsv1.MetadataInputValue{
//		"campaign": checkouts.Metadata("spring"),
//		"visits":   checkouts.Metadata(3),
//	}
func Metadata[T Scalar](value T) *checkoutsv1.MetadataInputValue {
	switch v := any(value).(type) {
	case string:
		return &checkoutsv1.MetadataInputValue{Value: &checkoutsv1.MetadataInputValue_StringValue{StringValue: v}}
	case bool:
		return &checkoutsv1.MetadataInputValue{Value: &checkoutsv1.MetadataInputValue_BoolValue{BoolValue: v}}
	case float64:
		return &checkoutsv1.MetadataInputValue{Value: &checkoutsv1.MetadataInputValue_DoubleValue{DoubleValue: v}}
	default:
		return &checkoutsv1.MetadataInputValue{Value: &checkoutsv1.MetadataInputValue_IntegerValue{IntegerValue: integer(v)}}
	}
}

// CustomField makes a value for the custom_field_data of a request.
func CustomField[T Scalar](value T) *checkoutsv1.CustomFieldInputValue {
	switch v := any(value).(type) {
	case string:
		return &checkoutsv1.CustomFieldInputValue{Value: &checkoutsv1.CustomFieldInputValue_StringValue{StringValue: v}}
	case bool:
		return &checkoutsv1.CustomFieldInputValue{Value: &checkoutsv1.CustomFieldInputValue_BoolValue{BoolValue: v}}
	case float64:
		return &checkoutsv1.CustomFieldInputValue{Value: &checkoutsv1.CustomFieldInputValue_DoubleValue{DoubleValue: v}}
	default:
		return &checkoutsv1.CustomFieldInputValue{Value: &checkoutsv1.CustomFieldInputValue_IntegerValue{IntegerValue: integer(v)}}
	}
}

func integer(value any) int64 {
	switch v := value.(type) {
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case int64:
		return v
	default:
		return 0 // not reached: Scalar has no further type
	}
}

// answered is a value of metadata or of a custom field as Polar answers it.
type answered interface {
	*checkoutsv1.MetadataValue | *checkoutsv1.CustomFieldValue
}

// Value gives a value of an answer's metadata, customer_metadata or custom_field_data as a string, bool, int64 or
// float64, or as json.RawMessage where none of these holds it exactly. Nil is Polar's null, or a key that is not there.
func Value[T answered](value T) any {
	switch v := any(value).(type) {
	case *checkoutsv1.MetadataValue:
		return metadataValue(v)
	case *checkoutsv1.CustomFieldValue:
		return customFieldValue(v)
	default:
		return nil
	}
}

func metadataValue(value *checkoutsv1.MetadataValue) any {
	switch v := value.GetValue().(type) {
	case *checkoutsv1.MetadataValue_StringValue:
		return v.StringValue
	case *checkoutsv1.MetadataValue_IntegerValue:
		return v.IntegerValue
	case *checkoutsv1.MetadataValue_DoubleValue:
		return v.DoubleValue
	case *checkoutsv1.MetadataValue_BoolValue:
		return v.BoolValue
	case *checkoutsv1.MetadataValue_UnmodelledJson:
		return json.RawMessage(v.UnmodelledJson)
	default:
		return nil
	}
}

func customFieldValue(value *checkoutsv1.CustomFieldValue) any {
	switch v := value.GetValue().(type) {
	case *checkoutsv1.CustomFieldValue_StringValue:
		return v.StringValue
	case *checkoutsv1.CustomFieldValue_IntegerValue:
		return v.IntegerValue
	case *checkoutsv1.CustomFieldValue_DoubleValue:
		return v.DoubleValue
	case *checkoutsv1.CustomFieldValue_BoolValue:
		return v.BoolValue
	case *checkoutsv1.CustomFieldValue_UnmodelledJson:
		return json.RawMessage(v.UnmodelledJson)
	default:
		return nil
	}
}
