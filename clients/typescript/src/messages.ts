// The messages and enums that a caller meets. Messages are types only: an object with the same fields is one.
export type { Address, AddressInput } from "./gen/polar/checkouts/v1/address.js";
export type { Checkout } from "./gen/polar/checkouts/v1/checkout.js";
export {
  BillingAddressFieldMode,
  CheckoutStatus,
  PaymentProcessor,
  TaxBehavior,
  type CheckoutBillingAddressFields,
  type CheckoutCustomerBillingAddressFields,
} from "./gen/polar/checkouts/v1/checkout_enums.js";
export type { CheckoutPublic } from "./gen/polar/checkouts/v1/checkout_public.js";
export type { CheckoutPublicConfirmed } from "./gen/polar/checkouts/v1/checkout_public_confirmed.js";
export type { ListCheckoutsResponse, Pagination } from "./gen/polar/checkouts/v1/checkout_service.js";
export type {
  AttachedCustomField,
  CustomField,
  CustomFieldCheckbox,
  CustomFieldDate,
  CustomFieldNumber,
  CustomFieldSelect,
  CustomFieldSelectOption,
  CustomFieldText,
} from "./gen/polar/checkouts/v1/custom_field.js";
export {
  DiscountDuration,
  type CheckoutDiscount,
  type CheckoutDiscountFixed,
  type CheckoutDiscountPercentage,
} from "./gen/polar/checkouts/v1/discount.js";
export type { ValidationError } from "./gen/polar/checkouts/v1/errors.js";
export { RecurringInterval, TrialInterval } from "./gen/polar/checkouts/v1/interval.js";
export {
  CheckoutOrganizationStatus,
  SubscriptionProrationBehavior,
  type CheckoutOrganization,
  type OrganizationCustomerEmailSettings,
  type OrganizationFeatureSettings,
  type OrganizationSocialLink,
  type OrganizationSubscriptionSettings,
} from "./gen/polar/checkouts/v1/organization.js";
export {
  MeterUnit,
  ProductPriceSource,
  ProductPriceType,
  SeatTierType,
  TaxBehaviorOption,
  UnitTierType,
  type ProductPrice,
  type ProductPriceCustom,
  type ProductPriceFixed,
  type ProductPriceList,
  type ProductPriceMeter,
  type ProductPriceMeteredUnit,
  type ProductPriceSeatBased,
  type ProductPriceSeatTier,
  type ProductPriceSeatTiers,
  type ProductPriceUnitBased,
  type ProductPriceUnitTier,
  type ProductPriceUnitTiers,
  type UnitLabelForms,
} from "./gen/polar/checkouts/v1/price.js";
export type {
  ProductPriceCreate,
  ProductPriceCreateList,
  ProductPriceCustomCreate,
  ProductPriceFixedCreate,
  ProductPriceFreeCreate,
  ProductPriceMeteredUnitCreate,
  ProductPriceSeatBasedCreate,
  ProductPriceUnitBasedCreate,
} from "./gen/polar/checkouts/v1/price_create.js";
export {
  BenefitType,
  ProductVisibility,
  type BenefitPublic,
  type CheckoutProduct,
  type ProductMediaFileRead,
} from "./gen/polar/checkouts/v1/product.js";
